import { afterEach } from "vitest";
import { Sandbox } from "../../runtime";
import { formatConnection } from "../../src/model/connection";
import { newRunOwner, newSandboxId } from "../../src/model/id";
import type { Connection, SandboxSpec, TierName } from "../../src/model/tier";
import { exportImage } from "../../src/images";
import { tierFor } from "../../src/tiers";
import { defaultTestImage } from "../support/default-image";

/** A whole spec as the runtime would make it; everything that is not given is as small as a sandbox can do with. */
export async function aSpec(change: Partial<SandboxSpec> = {}): Promise<SandboxSpec> {
  const image = await defaultTestImage();
  const createdAt = Date.now();
  return {
    id: newSandboxId(),
    owner: newRunOwner(),
    createdAt,
    deadline: createdAt + 60_000,
    ttlMs: 60_000,
    layers: image.layers,
    image: image.digest,
    limits: { processes: 64, memory: 256 << 20 },
    network: "none",
    user: "agent",
    ...change,
  };
}

/** A sandbox made straight by its tier, and a client in it. */
export interface Made {
  spec: SandboxSpec;
  connection: Connection;
  sandbox: Sandbox;
}

/** Makes sandboxes of a tier, and removes after each test what it has made. */
export function makerOf(tier: TierName): (change?: Partial<SandboxSpec>) => Promise<Made> {
  const made: string[] = [];
  afterEach(() => Promise.all(made.splice(0).map((id) => tierFor(tier).remove(id))));
  return async (change) => {
    const spec = await aSpec(change);
    made.push(spec.id);
    await tierFor(tier).bringImage?.(spec.image, { exportImage });
    const { connection } = await tierFor(tier).create(spec);
    return { spec, connection, sandbox: await Sandbox.connect(formatConnection(connection)) };
  };
}

/** Where a local sandbox is reached. */
export function socketOf({ address }: Connection): string {
  if (address.kind === "unix") return address.path;
  throw new Error(`a local sandbox with the address ${JSON.stringify(address)}`);
}

/** Prints the names of the network interfaces that a program in the sandbox sees. By ioctl: netlink is shut to payloads. */
export const LIST_INTERFACES = [
  "python3",
  "-c",
  `
import fcntl, socket, struct
SIOCGIFNAME = 0x8910
names = []
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    for index in range(1, 64):
        try:
            names.append(fcntl.ioctl(s, SIOCGIFNAME, struct.pack("16si20x", b"", index))[:16].rstrip(b"\\0").decode())
        except OSError:
            pass
print(names)
`,
];
