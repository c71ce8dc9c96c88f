import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { SandstackError } from "../../model/error";
import { findGuestBinary } from "../local/guest-binary";
import { GUEST_PROGRAM } from "../../model/docker/hardening";
import type { Engine } from "./engine";
import { ifKnown } from "./engine-error";
import { sharedLabels } from "../../model/docker/labels";
import { sharedWork } from "./shared-work";
import { oneFileTar } from "./one-file-tar";

/** The guest's program, and what is named by it. */
export interface Guest {
  /** Twelve hex digits of its digest. */
  version: string;
  program: Buffer;
}

let read: Guest | undefined;

/** @throws SandstackError MISSING_TOOL where the package has no binary for this processor */
export function guest(): Guest {
  if (read !== undefined) return read;
  const binary = findGuestBinary();
  if (binary === undefined) {
    throw new SandstackError("MISSING_TOOL", `The guest binary for linux-${process.arch} is not there.`, {
      hint: "The package has it for x64 and arm64; in a checkout, `make -C guest` builds it (needs gcc and make).",
    });
  }
  const program = readFileSync(binary);
  return (read = { version: createHash("sha256").update(program).digest("hex").slice(0, 12), program });
}

/** Sees to it that an engine has an image of the guest alone, which helpers and reapers run. */
export function ensureGuestImage(engine: Engine): Promise<string> {
  return sharedWork(`guest image at ${engine.id}`, () => bringGuestImage(engine));
}

async function bringGuestImage({ api }: Engine): Promise<string> {
  const { version, program } = guest();
  const reference = `sandstack-guest:${version}`;
  if (await ifKnown(() => api.getImage(reference).inspect())) return reference;
  const changes = Object.entries(sharedLabels("guest")).map(([name, value]) => `LABEL ${name}=${value}`);
  const tar = Readable.from([oneFileTar(GUEST_PROGRAM.slice(1), program, 0o755)]);
  const progress = await api.importImage(tar, { repo: "sandstack-guest", tag: version, changes });
  await new Promise<void>((resolve, reject) => {
    api.modem.followProgress(progress, (error) => (error ? reject(error) : resolve()));
  });
  return reference;
}
