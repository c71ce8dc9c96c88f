import type { Verdict } from "../../images";
import { SandstackError } from "../../model/error";
import type { ImageArgs } from "../../model/image";
import { type ImageLock, LOCK_FILE } from "../../model/lock";
import type { VerifyValues } from "../commands/verify";
import { oneLine } from "../../model/visible";
import { printJson } from "../options/json";
import { ProgressBar } from "../progress";
import type { Context } from "../program";
import { reportErrors } from "../report";
import { declaredImages } from "./declared-images";
import { noSuchImage } from "./lock";
import { readLock } from "./lock-file";
import { prepare } from "./operate";
import { print } from "../output";

/** How many files of a layer are named for people; `--json` has all. */
const SHOWN_FILES = 20;

type Found = { image: string } & (Verdict | { equal: false; locked: null });

/** Makes images anew from the lock, or takes one from a registry, and says which are what the lock says. */
export async function verify(names: readonly string[], values: VerifyValues, context: Context): Promise<void> {
  const on = await prepare({ stack: values.stack });
  const lock = readLock(on.project.folder);
  if (!lock) {
    throw new SandstackError("NOT_FOUND", `There is no ${LOCK_FILE} in ${on.project.folder}.`, {
      hint: "sandstack lock writes it.",
    });
  }
  const images = await declaredImages(on, context);
  const unknown = names.find((name) => !images.has(name));
  if (unknown !== undefined) throw noSuchImage("image", unknown, [...images.keys()]);
  const chosen = [...images].filter(([image]) => names.length === 0 || names.includes(image));
  if (values.pull !== undefined && chosen.length !== 1) {
    const several = chosen.map(([image]) => image).join(", ") || "none";
    throw new SandstackError("INVALID_OPTION", `--pull: ${values.pull} is one image, and not ${several}.`, {
      hint: "Name the image that it is: sandstack verify --pull REF IMAGE.",
    });
  }
  const found: Found[] = [];
  for (const [image, args] of chosen) {
    const locked = lock[image];
    found.push({ image, ...(locked ? await compare(args, locked, values, context) : { equal: false, locked: null }) });
  }
  if (values.json) printJson(found);
  else print(found.map((one) => `${describe(one)}\n`).join(""));
  const wrong = found.filter(({ equal }) => !equal).map(({ image }) => image);
  if (wrong.length > 0) reportErrors([new SandstackError("LOCK_FAILED", `Not as locked: ${wrong.join(", ")}.`)]);
}

async function compare(
  args: ImageArgs,
  locked: ImageLock,
  { pull, tlsVerify }: VerifyValues,
  { signal }: Context,
): Promise<Verdict> {
  const { verifyLock, verifyPulled } = await import("../../images/index.js");
  using bar = new ProgressBar();
  const onProgress = bar.report;
  if (pull !== undefined) return verifyPulled(args, locked, pull, { tlsVerify, signal, onProgress });
  const { imageHelpers } = await import("../../../runtime/image-helpers.js");
  return verifyLock(args, locked, { ...imageHelpers, signal, onProgress });
}

function describe(found: Found): string {
  const { image } = found;
  if (found.locked === null) return `${image}: not in ${LOCK_FILE}; sandstack lock adds it`;
  if (found.equal) return `${image}: equal, ${found.locked}`;
  if (found.movedOn.length > 0) {
    return `${image}: the declaration has moved on from ${LOCK_FILE} (${found.movedOn.join(", ")}); sandstack lock follows it`;
  }
  const lines = [`${image}: locked ${found.locked}`, `${" ".repeat(image.length)}  found  ${found.digest}`];
  return [...lines, ...(found.differs ? describeLayer(found.differs) : [])].join("\n");
}

function describeLayer({ step, comparedWith, files }: NonNullable<Verdict["differs"]>): string[] {
  const with_ = comparedWith === "locked" ? "the locked layer" : "a second one made from the same";
  const first = `  step ${step}: ${files.length} files differ from ${with_}`;
  const shown = files.slice(0, SHOWN_FILES).map(({ path, differs }) => `    ${oneLine(path)}  (${differs.join(", ")})`);
  const more = files.length > SHOWN_FILES ? [`    … and ${files.length - SHOWN_FILES} more (--json has all)`] : [];
  return [first, ...shown, ...more];
}
