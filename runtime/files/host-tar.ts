import { spawn, type ChildProcess, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { SandstackError } from "../../src/model/error";

/**
 * tar of this machine, packing.
 * @param holes whether files keep theirs: they are looked for where a file has fewer blocks than bytes
 */
export function startPacking(
  directory: string,
  holes: boolean,
  args: readonly string[],
): ChildProcessByStdio<null, Readable, Readable> {
  // bsdtar looks for them unasked, and has no such option.
  const sparse = holes && process.platform === "linux" ? ["--sparse"] : [];
  const packing = ["--create", "--format=pax", ...sparse, "--file=-", `--directory=${directory}`, ...args];
  return spawn("tar", packing, { stdio: ["ignore", "pipe", "pipe"] });
}

/** @throws SandstackError with tar's last line when it does not end well */
export async function endOfTar(tar: ChildProcess): Promise<void> {
  let said = "";
  tar.stderr?.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-2_048)));
  try {
    const [code] = (await once(tar, "close")) as [number | null];
    if (code !== 0) throw new SandstackError("INTERNAL", `tar: ${said.trim() || `exit code ${code}`}`);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw cause;
    throw new SandstackError("MISSING_TOOL", "tar is not on this machine.", { cause, hint: "Install GNU tar." });
  }
}
