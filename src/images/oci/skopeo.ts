import { requireTool } from "../tool/require";
import { endOfTool, startTool, throwIfAborted, toolFailed } from "../tool/run-tool";
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

async function run(args: readonly string[], { signal, onLine }: SkopeoOptions): Promise<Buffer> {
  const skopeo = requireTool("skopeo", "skopeo");
  const child = startTool([skopeo, ...args], { signal, stdio: ["ignore", "pipe", "pipe"] });
  const output: Buffer[] = [];
  child.stdout?.on("data", (data: Buffer) => {
    output.push(data);
    for (const line of data.toString().split("\n")) if (line.trim() !== "") onLine?.(line);
  });
  const end = await endOfTool(child);
  throwIfAborted(signal);
  if (end.exitCode === 0) return Buffer.concat(output);
  const failed = toolFailed("skopeo", end);
  throw failed.code === "NO_SPACE"
    ? failed
    : skopeoFailed(
        end.tail,
        args.some((arg) => arg.startsWith("docker:")),
      );
}
