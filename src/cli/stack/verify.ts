import type { Verdict } from "../../images";
import { SandstackError } from "../../model/error";
import { LOCK_FILE } from "../../model/lock";
import type { VerifyValues } from "../commands/verify";
import { printJson } from "../options/json";
import { ProgressBar } from "../progress";
import type { Context } from "../program";
import { reportErrors } from "../report";
import { declaredImages } from "./declared-images";
import { noSuchImage } from "./lock";
import { readLock } from "./lock-file";
import { prepare } from "./operate";

/** How many files of a layer are named for people; `--json` has all. */
const SHOWN_FILES = 20;

type Found = { image: string } & (Verdict | { equal: false; locked: null });

/** Makes images anew from the lock, and says which are what it says. */
export async function verify(names: readonly string[], { stack, json }: VerifyValues, context: Context): Promise<void> {
  const on = await prepare({ stack });
  const lock = readLock(on.project.folder);
  if (!lock) {
    throw new SandstackError("NOT_FOUND", `There is no ${LOCK_FILE} in ${on.project.folder}.`, {
      hint: "sandstack lock writes it.",
    });
  }
  const images = await declaredImages(on, context);
  const unknown = names.find((name) => !images.has(name));
  if (unknown !== undefined) throw noSuchImage("image", unknown, [...images.keys()]);
  const { verifyLock } = await import("../../images/index.js");
  const { openBuildSandbox } = await import("../../../runtime/build-sandbox.js");
  const { snapshotFiles } = await import("../../../runtime/snapshot-files.js");
  const found: Found[] = [];
  for (const [image, args] of images) {
    if (names.length > 0 && !names.includes(image)) continue;
    const locked = lock[image];
    if (!locked) {
      found.push({ image, equal: false, locked: null });
      continue;
    }
    using bar = new ProgressBar();
    const sources = { sandbox: openBuildSandbox, snapshot: snapshotFiles };
    const options = { ...sources, signal: context.signal, onProgress: bar.report };
    found.push({ image, ...(await verifyLock(args, locked, options)) });
  }
  if (json) printJson(found);
  else process.stdout.write(found.map((one) => `${describe(one)}\n`).join(""));
  const wrong = found.filter(({ equal }) => !equal).map(({ image }) => image);
  if (wrong.length > 0) reportErrors([new SandstackError("LOCK_FAILED", `Not as locked: ${wrong.join(", ")}.`)]);
}

function describe(found: Found): string {
  const { image } = found;
  if (found.locked === null) return `${image}: not in ${LOCK_FILE}; sandstack lock adds it`;
  if (found.equal) return `${image}: equal, ${found.locked}`;
  if (found.movedOn.length > 0) {
    return `${image}: the declaration has moved on from ${LOCK_FILE} (${found.movedOn.join(", ")}); sandstack lock follows it`;
  }
  const lines = [`${image}: locked ${found.locked}`, `${" ".repeat(image.length)}  made   ${found.digest}`];
  return [...lines, ...(found.differs ? describeLayer(found.differs) : [])].join("\n");
}

function describeLayer({ step, comparedWith, files }: NonNullable<Verdict["differs"]>): string[] {
  const with_ = comparedWith === "locked" ? "the locked layer" : "a second one made from the same";
  const first = `  step ${step}: ${files.length} files differ from ${with_}`;
  const shown = files.slice(0, SHOWN_FILES).map(({ path, differs }) => `    ${path}  (${differs.join(", ")})`);
  const more = files.length > SHOWN_FILES ? [`    … and ${files.length - SHOWN_FILES} more (--json has all)`] : [];
  return [first, ...shown, ...more];
}
