import { createHash } from "node:crypto";
import { linkSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SandstackError } from "../../model/error";
import type { BuildContext } from "../context";
import { endOfTool, startTool, throwIfAborted, toolFailed } from "../tool/run-tool";
import { blobPath } from "../store/blob";
import { debFileName, type DebianPins } from "./pins";

/**
 * An archive in the work directory that has the pinned packages of the store and nothing else: whatever apt chooses
 * from it, it chooses these.
 * @returns its folder
 */
export async function makeRepository(suite: string, { packages }: DebianPins, context: BuildContext): Promise<string> {
  const folder = join(context.work.path, "repository");
  mkdirSync(folder, { mode: 0o755 });
  for (const deb of packages) linkSync(blobPath("debs", deb.sha256), join(folder, debFileName(deb)));
  const stanzas = await readControls(folder, packages.map(debFileName), context.signal);
  const index = packages.map((deb, at) => {
    const fields = stanzas[at] ?? "";
    const is = (name: string, value: string) => new RegExp(`^${name}: (.*)$`, "m").exec(fields)?.[1] === value;
    if (!is("Package", deb.name) || !is("Version", deb.version) || !is("Architecture", deb.architecture)) {
      throw new SandstackError("CORRUPT", `from.debian: the package of hash ${deb.sha256} is not ${debFileName(deb)}.`);
    }
    return `${fields}\nFilename: ./${debFileName(deb)}\nSize: ${deb.size}\nSHA256: ${deb.sha256}\n`;
  });
  const list = index.join("\n");
  const hash = createHash("sha256").update(list).digest("hex");
  const release = [
    `Suite: ${suite}`,
    `Codename: ${suite}`,
    "SHA256:",
    ` ${hash} ${Buffer.byteLength(list)} Packages`,
    "",
  ];
  writeFileSync(join(folder, "Packages"), list, { mode: 0o644 });
  writeFileSync(join(folder, "Release"), release.join("\n"), { mode: 0o644 });
  return folder;
}

/** The control stanzas of packages, in their order. */
async function readControls(folder: string, names: readonly string[], signal?: AbortSignal): Promise<string[]> {
  const loop = 'for deb; do dpkg-deb --field "$deb" || exit; echo; done';
  const child = startTool(["sh", "-c", loop, "sh", ...names], {
    signal,
    cwd: folder,
    env: { ...process.env, LC_ALL: "C.UTF-8" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const end = await endOfTool(child, (line) => lines.push(line));
  throwIfAborted(signal);
  if (end.exitCode !== 0) throw toolFailed("dpkg-deb", end);
  return lines.join("\n").trim().split(/\n\n+/);
}
