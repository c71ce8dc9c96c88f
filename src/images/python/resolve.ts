import { readFileSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { SandstackError } from "../../model/error";
import { readJsonText } from "../../model/json-text";
import type { BuildContext } from "../context";
import type { PythonPins, Wheel } from "./pins";
import { runPip } from "./pip";
import type { PythonTarget } from "./target";

/** Of pip's installation report. */
interface Report {
  install: {
    metadata: { name: string; version: string };
    download_info: { url: string; archive_info?: { hash?: string; hashes?: Record<string, string> } };
  }[];
}

/** The wheels that pip would install today, and the one of pip itself. */
export async function resolvePython(
  requirements: readonly string[],
  target: PythonTarget,
  context: BuildContext,
): Promise<PythonPins> {
  const wheels = await wheelsOf(requirements, target, context);
  const [pip] = await wheelsOf(["pip"], target, context);
  return { pip: pip as Wheel, wheels };
}

async function wheelsOf(requirements: readonly string[], target: PythonTarget, context: BuildContext) {
  const { path } = context.work;
  const [list, report] = [join(path, "requirements.txt"), join(path, "report.json")];
  writeFileSync(list, `${requirements.join("\n")}\n`);
  context.report("python", undefined, "looking for wheels");
  const options = ["--dry-run", "--ignore-installed", `--target=${join(path, "none")}`, `--report=${report}`];
  await runPip(["install", ...options, `--requirement=${list}`], target, context, {
    isLookup: true,
    onLine(line) {
      const found = /^\s*Collecting (\S+)/.exec(line)?.[1];
      if (found) context.report("python", undefined, `looking for ${found}`);
    },
  });
  return wheelsOfReport(
    readJsonText(readFileSync(report, "utf8"), "python: pip's report:").object() as unknown as Report,
  );
}

/** @throws SandstackError BUILD_FAILED for what is no wheel or has no hash */
export function wheelsOfReport({ install }: Report): Wheel[] {
  const wheels = install.map(({ metadata: { name, version }, download_info: { url, archive_info } }) => {
    const file = fileOf(url);
    const sha256 = archive_info?.hashes?.["sha256"] ?? /^sha256=(.*)$/.exec(archive_info?.hash ?? "")?.[1];
    if (file.endsWith(".whl") && sha256) return { name, version, file, sha256 };
    throw new SandstackError("BUILD_FAILED", `python: ${name} ${version} is no wheel with a sha256 hash.`);
  });
  return wheels.sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
}

/** The name as pip has it: what an address hides in `%2F` parts folders as well. */
function fileOf(url: string): string {
  const { pathname } = new URL(url);
  try {
    return posix.basename(decodeURIComponent(pathname));
  } catch {
    return posix.basename(pathname);
  }
}
