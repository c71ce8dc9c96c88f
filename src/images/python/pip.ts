import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { SandstackError } from "../../model/error";
import type { BuildContext } from "../context";
import { runFetch } from "../tool/fetch";
import { requireTool } from "../tool/require";
import { explainPip, Said } from "./pip-failure";
import { markerEnvironment, platformTags, type PythonTarget } from "./target";

/**
 * pip of this machine, which decides for another Python: it takes that one's version and platforms as options, but the
 * markers of requirements it would read as its own.
 */
const FOREIGN_PIP = `
import json, sys
from pip._vendor.packaging import markers
wanted = json.loads(sys.argv.pop(1))
own = markers.default_environment
markers.default_environment = lambda: {**own(), **wanted}
from pip._internal.cli.main import main
sys.exit(main(sys.argv[1:]))
`;

// Only at length it tells what an index has answered.
const OPTIONS = [
  "--no-input",
  "--disable-pip-version-check",
  "--only-binary=:all:",
  "--no-cache-dir",
  "--retries=2",
  "-vv",
];

/**
 * Runs pip of this machine for an image's Python. Where it looks and as whom is the user's configuration of pip, which
 * it reads by itself: nothing of that is told, or logged.
 * @throws SandstackError MISSING_TOOL; INVALID_OPTION for what no wheel fits; BUILD_FAILED where the index fails
 */
export async function runPip(
  command: readonly string[],
  target: PythonTarget,
  { signal, work, options }: BuildContext,
  { onLine = () => {}, isLookup = false }: { onLine?: (line: string) => void; isLookup?: boolean } = {},
): Promise<void> {
  const python = requireTool("python3", "python3-pip");
  const platforms = platformTags(target).map((tag) => `--platform=${tag}`);
  const version = [`--python-version=${target.python}`, "--implementation=cp"];
  const [verb = "", ...rest] = command;
  const argv = [verb, ...OPTIONS, ...version, ...platforms, ...rest];
  const said = new Said();
  const folder = mkdtempSync(join(work.path, "pip-"));
  const { exitCode } = await runFetch([python, "-c", FOREIGN_PIP, JSON.stringify(markerEnvironment(target)), ...argv], {
    ...{
      from: "python: the package index",
      code: "BUILD_FAILED",
      folder,
      isLookup,
      limits: options.fetchLimits,
      signal,
    },
    // Files that it unpacks and has begun to fetch go with the build.
    env: { ...process.env, LC_ALL: "C.UTF-8", PYTHONDONTWRITEBYTECODE: "1", TMPDIR: folder },
    onLine(line) {
      said.take(line);
      onLine(line);
    },
  });
  const lines = said.lines();
  if (lines.some((line) => /No module named '?pip\b/.test(line))) {
    throw new SandstackError("MISSING_TOOL", "pip is not installed on this machine.", {
      hint: "sudo apt-get install python3-pip",
    });
  }
  if (exitCode !== 0) throw explainPip(lines, target);
}
