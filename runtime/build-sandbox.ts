import type {
  BuildCommandEnd,
  BuildCommandOptions,
  BuildSandbox,
  BuildSandboxOptions,
} from "../src/images/build-sandbox";
import { newRunOwner, newSandboxId } from "../src/model/id";
import { parseLimits } from "../src/model/sandbox-options";
import type { Connection } from "../src/model/tier";
import { throwIfAborted } from "./abort";
import { Lines } from "./lines";
import { Sandbox } from "./sandbox";

const WHAT = "The build";

/**
 * A build sandbox on the nspawn tier: root inside is powerless outside, and the tier's own machinery keeps the time
 * limit, writes it down first, and ends it with this process.
 */
export async function openBuildSandbox(
  layers: readonly string[],
  { ttlMs, signal }: BuildSandboxOptions,
): Promise<BuildSandbox> {
  throwIfAborted(WHAT, signal);
  const { tierFor } = await import("../src/tiers/index.js");
  const createdAt = Date.now();
  const { connection } = await tierFor("nspawn").create({
    ...{ id: newSandboxId(), owner: newRunOwner(), createdAt, deadline: createdAt + ttlMs, ttlMs },
    ...{ layers, image: "build", plainLayers: true },
    ...{ limits: parseLimits({}), network: "none", user: "root", creatorPid: process.pid },
  });
  const sandbox = new NspawnBuild(connection, await Sandbox.connect(connection), signal);
  if (signal?.aborted) await sandbox[Symbol.asyncDispose]();
  throwIfAborted(WHAT, signal);
  return sandbox;
}

class NspawnBuild implements BuildSandbox {
  constructor(
    private readonly connection: Connection,
    private readonly sandbox: Sandbox,
    private readonly signal: AbortSignal | undefined,
  ) {}

  async run(argv: readonly string[], options: BuildCommandOptions): Promise<BuildCommandEnd> {
    const { timeoutMs, env = {}, cwd = "/", onLine = () => {} } = options;
    const [stdout, stderr] = [new Lines(onLine), new Lines(onLine)];
    const { exitCode, signal, timedOut, outOfMemory } = await this.sandbox.commands.run(argv, {
      ...{ cwd, envs: env, timeoutMs, stdout, stderr, signal: this.signal, reject: false },
    });
    stdout.end();
    stderr.end();
    return { exitCode, signal, timedOut, outOfMemory };
  }

  /** A snapshot freezes it; it is the topmost of the snapshot's layers, and goes with the sandbox. */
  async upper(): Promise<string> {
    const { getSnapshot } = await import("../src/tiers/index.js");
    const { id } = await this.sandbox.createSnapshot();
    return getSnapshot(id).layers[0] as string;
  }

  /** Not even the record of its end stays. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { forgetSandbox } = await import("../src/tiers/index.js");
    this.sandbox.disconnect();
    await forgetSandbox(this.connection.id);
  }
}
