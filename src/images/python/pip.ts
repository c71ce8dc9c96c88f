import { SandstackError } from "../../model/error";
import type { BuildContext } from "../context";
import { endOfTool, startTool, throwIfAborted } from "../tool/run-tool";
import { requireTool } from "../tool/require";
import { explainPip } from "./pip-failure";
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
  { signal }: BuildContext,
  onLine: (line: string) => void = () => {},
): Promise<void> {
  const python = requireTool("python3", "python3-pip");
  const platforms = platformTags(target).map((tag) => `--platform=${tag}`);
  const version = [`--python-version=${target.python}`, "--implementation=cp"];
  const [verb = "", ...rest] = command;
  const argv = [verb, ...OPTIONS, ...version, ...platforms, ...rest];
  const lines: string[] = [];
  const child = startTool([python, "-c", FOREIGN_PIP, JSON.stringify(markerEnvironment(target)), ...argv], {
    signal,
    env: { ...process.env, LC_ALL: "C.UTF-8", PYTHONDONTWRITEBYTECODE: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { exitCode } = await endOfTool(child, (line) => {
    lines.push(line);
    onLine(line);
  });
  throwIfAborted(signal);
  if (lines.some((line) => /No module named '?pip\b/.test(line))) {
    throw new SandstackError("MISSING_TOOL", "pip is not installed on this machine.", {
      hint: "sudo apt-get install python3-pip",
    });
  }
  if (exitCode !== 0) throw explainPip(lines, target);
}
