import type Docker from "dockerode";
import type { DockerOptions } from "dockerode";
import { SandstackError } from "../../model/error";
import { bounded } from "./bounded";
import { fromEngine } from "./engine-error";
import { reachOf } from "./host";

/** That of Docker 20.10: the oldest whose profiles and volumes do what a sandbox needs. */
const OLDEST_API = [1, 41] as const;
/** What Go calls a processor → what Node does. */
const ARCHITECTURES: Readonly<Record<string, string>> = { amd64: "x64", arm64: "arm64" };

/** A Docker engine that has answered. */
export interface Engine {
  host: string;
  api: Docker;
  /** Its own, which stays. */
  id: string;
  /** Bytes that its machine has. */
  memory: number;
  /** The names of what it can run containers with. */
  runtimes: readonly string[];
  /** Its users are not the machine's own: ids inside are those of a range, or of one user. */
  remaps: boolean;
}

const known = new Map<string, Promise<Engine>>();

/**
 * The engine at a host; asked once per process.
 * @throws SandstackError NO_ENGINE also for one that is silent for 10 s, PERMISSION_DENIED, VERSION for one that is too old, UNSUPPORTED for one of Windows,
 * MISSING_TOOL without dockerode, INVALID_OPTION
 */
export function engineAt(host: string): Promise<Engine> {
  let engine = known.get(host);
  if (engine === undefined) {
    engine = Promise.resolve().then(() => openEngine(host, reachOf(host)));
    known.set(host, engine);
    // One that is started meanwhile is to be found by the next call.
    engine.catch(() => known.delete(host));
  }
  return engine;
}

/** As engineAt, each time anew. @param reach how it is reached */
export async function openEngine(host: string, reach: DockerOptions): Promise<Engine> {
  const api = bounded(new (await loadDockerode())(reach));
  try {
    const [version, info] = await Promise.all([api.version(), api.info() as Promise<Info>]);
    if (version.Os !== "linux") {
      throw new SandstackError("UNSUPPORTED", `The engine at ${host} runs containers of ${version.Os}.`, {
        hint: "Sandboxes need one of Linux; Docker Desktop can switch to it.",
      });
    }
    if (ARCHITECTURES[version.Arch] !== process.arch) {
      throw new SandstackError(
        "UNSUPPORTED",
        `The engine at ${host} is for ${version.Arch}, and this machine is not.`,
        {
          hint: "Images are built here and run there: both must have the same processor.",
        },
      );
    }
    if (isOlder(version.ApiVersion)) throw tooOld(host, version.Version, version.ApiVersion);
    return {
      host,
      api,
      id: info.ID,
      memory: info.MemTotal,
      runtimes: Object.keys(info.Runtimes ?? {}),
      remaps: (info.SecurityOptions ?? []).some((one) => /^name=(userns|rootless)/.test(one)),
    };
  } catch (error) {
    throw fromEngine(error, host, "looking at it");
  }
}

function isOlder(api: string): boolean {
  const [major = 0, minor = 0] = api.split(".").map(Number);
  return major < OLDEST_API[0] || (major === OLDEST_API[0] && minor < OLDEST_API[1]);
}

interface Info {
  ID: string;
  MemTotal: number;
  Runtimes?: Record<string, unknown>;
  SecurityOptions?: string[];
}

function tooOld(host: string, version: string, api: string): SandstackError {
  return new SandstackError("VERSION", `The engine at ${host} is Docker ${version} (API ${api}).`, {
    hint: `Sandboxes need Docker 20.10 (API ${OLDEST_API.join(".")}) or newer.`,
  });
}

async function loadDockerode(): Promise<typeof Docker> {
  try {
    return (await import("dockerode")).default;
  } catch (cause) {
    throw new SandstackError("MISSING_TOOL", "Tier docker needs the package dockerode.", {
      cause,
      hint: "npm install dockerode",
    });
  }
}
