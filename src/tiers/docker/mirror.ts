import type { MountSettings } from "dockerode";
import { SandstackError } from "../../model/error";
import { GUEST_PROGRAM } from "../../model/docker/hardening";
import { HARDENED } from "./container";
import type { Engine } from "./engine";
import { ifKnown } from "./engine-error";
import { wordsOf } from "./frames";
import { ensureGuestImage } from "./guest-image";
import { labelsFor, type Ownership } from "../../model/docker/labels";
import { WRITABLE, type Writable } from "../../model/docker/names";

/** Files of three volumes, or of one that has a folder for each. */
export type Side = { volumes: Readonly<Record<Writable, string>> } | { volume: string };

export interface MirrorJob {
  from: Side;
  to: Side;
  /** What belongs to the first belongs to the second afterwards. */
  owner?: { before: number; after: number };
  /** Whose the helper is. */
  of: Ownership;
}

const FROM = "/.from";
const TO = "/.to";
/** To read and to give away what is others'. */
const CAPABILITIES = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID"];
/** A helper whose client died is gc's after that. */
const HELPER_MS = 600_000;

/**
 * Makes the files of one side those of the other, by a container that does nothing else: they never leave the engine's
 * machine.
 * @throws SandstackError NO_SPACE, ENGINE_FAILED with what it said
 */
export async function mirror(engine: Engine, job: MirrorJob): Promise<void> {
  const { owner, of } = job;
  const now = Date.now();
  await removeHelpers(engine, volumesOf(job.to));
  const helper = await engine.api.createContainer({
    Image: await ensureGuestImage(engine),
    Entrypoint: [GUEST_PROGRAM, "mirror"],
    Cmd: [],
    Env: [
      `SANDSTACK_FROM=${FROM}`,
      `SANDSTACK_TO=${TO}`,
      ...(owner === undefined ? [] : [`SANDSTACK_OWNERS=${owner.before}:${owner.after}`]),
    ],
    User: "0:0",
    WorkingDir: "/",
    Labels: labelsFor("helper", { ...of, createdAt: now, deadline: now + HELPER_MS }),
    HostConfig: {
      ...HARDENED,
      CapAdd: CAPABILITIES,
      SecurityOpt: ["no-new-privileges"],
      LogConfig: { Type: "json-file", Config: { "max-size": "1m" } },
      Mounts: [...mountsOf(job.from, FROM, true), ...mountsOf(job.to, TO, false)],
    },
  });
  try {
    await helper.start();
    const { StatusCode } = (await helper.wait()) as { StatusCode: number };
    if (StatusCode === 0) return;
    throw failed(engine.host, StatusCode, wordsOf(await helper.logs({ stdout: true, stderr: true })));
  } finally {
    await ifKnown(() => helper.remove({ force: true }));
  }
}

/** Ends those whose client has died, and which still write into one of these volumes, or keep it. */
export async function removeHelpers({ api }: Engine, volumes: string[]): Promise<void> {
  const filters = { volume: volumes, label: ["sandstack.kind=helper"] };
  for (const { Id } of await api.listContainers({ all: true, filters })) {
    await ifKnown(() => api.getContainer(Id).remove({ force: true }));
  }
}

function volumesOf(side: Side): string[] {
  return "volume" in side ? [side.volume] : Object.values(side.volumes);
}

function mountsOf(side: Side, place: string, readOnly: boolean): MountSettings[] {
  const mount = (volume: string, target: string): MountSettings => ({
    Type: "volume",
    Source: volume,
    Target: target,
    ReadOnly: readOnly,
    // What the image has at that place is none of its files.
    VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: "", Options: {} } },
  });
  if ("volume" in side) return [mount(side.volume, place)];
  return WRITABLE.map((name) => mount(side.volumes[name], `${place}/${name}`));
}

function failed(host: string, status: number, said: string): SandstackError {
  const full = /no space left/i.test(said);
  return new SandstackError(
    full ? "NO_SPACE" : "ENGINE_FAILED",
    `Copying files at the engine at ${host} failed with exit code ${status}${said ? `: ${said}` : ""}.`,
  );
}
