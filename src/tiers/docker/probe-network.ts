import { SandstackError } from "../../model/error";
import { GUEST_PROGRAM } from "../../model/docker/hardening";
import { labelsFor, type Ownership } from "../../model/docker/labels";
import { HARDENED } from "./container";
import type { Engine } from "./engine";
import { fromEngine, ifKnown } from "./engine-error";
import { joinStream, splitFrames, wordsOf } from "./frames";
import { ensureGuestImage } from "./guest-image";
import { gatewaysOf, onInternalNetwork } from "./network";

/** The probe's exit code where something answered (guest/PROTOCOL.md). */
const OPEN = 3;
/** A helper whose client died is gc's after that. */
const HELPER_MS = 60_000;

/**
 * Tries, from a container on it, what an internal network must not lead to: the engine's machine, its resolver, a cloud's
 * metadata. An engine that does not know an option of the network leaves it out and says nothing.
 * @param of whose the helper is
 * @param ports of the engine's machine that are tried beside the usual ones
 * @throws SandstackError UNSUPPORTED naming what answers, ENGINE_FAILED, NO_ENGINE
 */
export async function probeNetwork(
  engine: Engine,
  network: string,
  of: Ownership,
  ports: readonly number[] = [],
): Promise<void> {
  try {
    const { status, log } = await runProbe(engine, network, of, ports);
    if (status === OPEN) throw refused(joinStream(splitFrames(log).pieces, 1).toString("utf8"));
    if (status !== 0) throw failed(engine.host, network, status, wordsOf(log));
  } catch (error) {
    throw fromEngine(error, engine.host, `trying network ${network}`);
  }
}

async function runProbe(
  engine: Engine,
  network: string,
  of: Ownership,
  ports: readonly number[],
): Promise<{ status: number; log: Buffer }> {
  const gateways = gatewaysOf(await engine.api.getNetwork(network).inspect());
  const now = Date.now();
  const helper = await engine.api.createContainer({
    Image: await ensureGuestImage(engine),
    Entrypoint: [GUEST_PROGRAM, "probe"],
    Cmd: [],
    Env: [`SANDSTACK_GATEWAYS=${gateways.join(" ")}`, `SANDSTACK_PORTS=${ports.join(" ")}`],
    User: "65534:65534",
    WorkingDir: "/",
    Labels: labelsFor("helper", { ...of, createdAt: now, deadline: now + HELPER_MS }),
    HostConfig: {
      ...HARDENED,
      ...onInternalNetwork(network),
      SecurityOpt: ["no-new-privileges"],
      LogConfig: { Type: "json-file", Config: { "max-size": "1m" } },
    },
  });
  try {
    await helper.start();
    const { StatusCode: status } = (await helper.wait()) as { StatusCode: number };
    return { status, log: await helper.logs({ stdout: true, stderr: true }) };
  } finally {
    await ifKnown(() => helper.remove({ force: true }));
  }
}

function refused(said: string): SandstackError {
  const who = answering(said);
  return new SandstackError(
    "UNSUPPORTED",
    `network: "internal" is refused: from it ${who.join(" and ")} answer${who.length === 1 ? "s" : ""}.`,
    {
      hint: 'This engine does not keep such a network apart from its machine. network: "none" needs nothing of it.',
    },
  );
}

/** Who answers, each once with how: of the probe's lines `gateway 172.18.0.1 port 22 refused`. */
export function answering(said: string): string[] {
  const hows = new Map<string, string[]>();
  for (const line of said.split("\n").filter(Boolean)) {
    const [kind, address, ...how] = line.split(" ");
    const who = `${kind} ${address}`;
    hows.set(who, [...(hows.get(who) ?? []), how.join(" ")]);
  }
  return [...hows].map(([who, how]) => `${who} (${how.join(", ")})`);
}

function failed(host: string, network: string, status: number, said: string): SandstackError {
  return new SandstackError(
    "ENGINE_FAILED",
    `Trying network ${network} of the engine at ${host} failed with exit code ${status}${said ? `: ${said}` : ""}.`,
  );
}
