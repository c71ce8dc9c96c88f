import { type FetchLimits, runFetch } from "../tool/fetch";
import { requireTool } from "../tool/require";
import { endOfTool, startTool, throwIfAborted, type ToolEnd, toolFailed } from "../tool/run-tool";
import { skopeoFailed } from "./skopeo-failure";

/** How a registry is spoken to. Logins come from the user's own auth file, which skopeo finds as Docker and podman do. */
export interface RegistryOptions {
  /**
   * Whether it has to speak TLS with a certificate that this machine trusts. Default: what registries.conf of this
   * machine says, else yes.
   */
  tlsVerify?: boolean;
}

export interface SkopeoOptions extends RegistryOptions {
  signal?: AbortSignal;
  onLine?: (line: string) => void;
  /** A folder that all that comes is written below, where somebody else is asked, who may not be honest. */
  into?: string;
  /** Bytes that are to come there. */
  promised?: number;
  fetchLimits?: Partial<FetchLimits>;
}

/**
 * Copies an image from one place to another, each as skopeo calls it; what comes is checked by its digests.
 * @throws SandstackError as {@link skopeoFailed} says
 */
export async function copyImage(from: string, to: string, options: SkopeoOptions, more: string[] = []): Promise<void> {
  const tls = (["src", "dest"] as const).flatMap((side) =>
    tlsArgs(`--${side}-tls-verify`, side === "src" ? from : to, options),
  );
  await run(["copy", ...tls, ...more, from, to], options);
}

/** What stands at a place: the bytes of its manifest, or its config. */
export async function inspectImage(from: string, what: "--raw" | "--config", options: SkopeoOptions): Promise<Buffer> {
  return run(
    [
      "inspect",
      ...tlsArgs("--tls-verify", from, options),
      ...(what === "--config" ? ["--config", "--raw"] : ["--raw"]),
      from,
    ],
    options,
  );
}

function tlsArgs(option: string, place: string, { tlsVerify }: RegistryOptions): string[] {
  return tlsVerify === undefined || !place.startsWith("docker:") ? [] : [`${option}=${tlsVerify}`];
}

async function run(
  args: readonly string[],
  { signal, onLine, into, promised, fetchLimits }: SkopeoOptions,
): Promise<Buffer> {
  const skopeo = requireTool("skopeo", "skopeo");
  const output: Buffer[] = [];
  const take = (data: Buffer) => {
    output.push(data);
    for (const line of data.toString().split("\n")) if (line.trim() !== "") onLine?.(line);
  };
  const remote = args.some((arg) => arg.startsWith("docker:"));
  const argv = [skopeo, ...args];
  const end =
    into === undefined
      ? await runHere(argv, take, signal)
      : await runFetch(argv, {
          ...{ from: "the registry", code: "REGISTRY_FAILED", folder: into, promised, limits: fetchLimits, signal },
          isLookup: args[0] === "inspect",
          onOutput: take,
        });
  if (end.exitCode === 0) return Buffer.concat(output);
  const failed = toolFailed("skopeo", end);
  throw failed.code === "NO_SPACE" ? failed : skopeoFailed(end.tail, remote);
}

async function runHere(
  argv: readonly string[],
  take: (data: Buffer) => void,
  signal: AbortSignal | undefined,
): Promise<ToolEnd> {
  const child = startTool(argv, { signal, stdio: ["ignore", "pipe", "pipe"] });
  child.stdout?.on("data", take);
  const end = await endOfTool(child);
  throwIfAborted(signal);
  return end;
}
