import { linkSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SandstackError } from "../../model/error";
import { buildLayer, INPUTS } from "../layer/build-layer";
import type { BuildContext } from "../context";
import type { Step } from "../step";
import { blobPath } from "../store/blob";
import { fetchWheels } from "./fetch";
import { parsePythonPins, type PythonPins } from "./pins";
import { parsePython } from "./requirements";
import { resolvePython } from "./resolve";
import { pythonTarget, type PythonTarget } from "./target";

/** Unpacking wheels takes far less. */
const TIMEOUT_MS = 30 * 60_000;
const INSTALL = [
  ...["install", "--no-index", `--find-links=${INPUTS}/wheels`, "--no-deps", "--no-compile", "--no-cache-dir"],
  ...["--break-system-packages", "--root-user-action=ignore", "--no-warn-script-location"],
  ...["--disable-pip-version-check", "--progress-bar=off", `--requirement=${INPUTS}/requirements.txt`],
];

/**
 * A layer of Python packages, where the image's pip would put them. Wheels are looked up for the Python of the layers
 * below, and put in place without a network by a pip that does not stay.
 * @throws SandstackError INVALID_OPTION or NOT_FOUND naming the place
 */
export function pythonStep(python: unknown): Step<PythonPins> | undefined {
  const requirements = parsePython(python);
  if (requirements.length === 0) return undefined;
  return {
    ...stepFor(requirements, undefined),
    onto: async (layers, options) => stepFor(requirements, await pythonTarget(layers, options)),
  };
}

function stepFor(requirements: readonly string[], target: PythonTarget | undefined): Step<PythonPins> {
  const known = () => {
    if (target) return target;
    throw new SandstackError("INTERNAL", "The python step was not told what it is for.");
  };
  return {
    name: "python",
    declared: { python: requirements },
    on: target,
    pinned: "outside",
    parse: parsePythonPins,
    resolve: (context) => resolvePython(requirements, known(), context),
    recipe: ({ pip, wheels }) => ({ pip: pip.sha256, wheels: wheels.map(({ file, sha256 }) => [file, sha256]) }),
    make: (pins, context, below) => makePython(pins, context, below, known()),
  };
}

async function makePython(
  { pip, wheels }: PythonPins,
  context: BuildContext,
  below: readonly string[],
  target: PythonTarget,
): Promise<void> {
  // By itself: among the wheels there may be another pip.
  await fetchWheels([pip], target, context);
  await fetchWheels(wheels, target, context);
  context.report("installing wheels", 0.6, `${wheels.length} packages`);
  const argv = ["python3", `${INPUTS}/${pip.file}/pip`, ...INSTALL];
  await buildLayer({ commands: [{ argv, place: "python" }], timeoutMs: TIMEOUT_MS, below, putInputs }, context);

  function putInputs(folder: string): void {
    mkdirSync(join(folder, "wheels"));
    linkSync(blobPath("wheels", pip.sha256), join(folder, pip.file));
    for (const { file, sha256 } of wheels) linkSync(blobPath("wheels", sha256), join(folder, "wheels", file));
    writeFileSync(
      join(folder, "requirements.txt"),
      wheels.map(({ name, version }) => `${name}==${version}\n`).join(""),
    );
  }
}
