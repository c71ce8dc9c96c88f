import { SandstackError } from "../../model/error";
import { type ImageLock, LOCK_FILE, parseLock } from "../../model/lock";
import { readLockText } from "../../model/lock-text";
import type { Checker } from "../checker";
import type { Old } from "../kind";
import type { Values } from "../values";
import type { Change } from "../changes";
import { imageArgsOf } from "./image-args";

/** Where an image's lock is: the declaration names file and entry. */
interface LockRef {
  file: string;
  name: string;
  digest: string;
}

/** Set by `--frozen`, and by whoever runs the Pulumi CLI: nothing may be built that is not locked. */
const isFrozen = () => process.env["SANDSTACK_FROZEN"] === "1";

/** What the lock file has of an image; `undefined` where its declaration found none. */
export function readImageLock(inputs: Values): ImageLock | undefined {
  const ref = inputs["lock"] as LockRef | undefined;
  return ref && parseLock(readLockText(ref.file))[ref.name];
}

/** Says where a declaration and its lock are no longer one; with `--frozen` that is a failure. */
export async function checkImageLock(checker: Checker): Promise<void> {
  const say = (message: string) => {
    if (isFrozen()) checker.failures.push({ property: "lock", reason: message });
    else checker.remarks.push(message);
  };
  if (checker.inputs["lock"] === undefined) {
    if (isFrozen()) say(`It is not in ${LOCK_FILE}: run sandstack lock.`);
    return;
  }
  await checker.attempt("lock", async () => {
    const { movedOn } = await import("../../images/index.js");
    const lock = readImageLock(checker.inputs);
    if (!lock) return;
    const moved = await movedOn(imageArgsOf(checker.inputs), lock);
    if (moved.length > 0) say(`It has moved on from ${LOCK_FILE} (${moved.join(", ")}): run sandstack lock.`);
  });
}

/** What was built is not what is locked, though declared alike. @throws SandstackError LOCK_FAILED with `--frozen` */
export function compareWithLock(digest: string, lock: ImageLock | undefined, remark: (message: string) => void): void {
  if (!lock || lock.digest === digest) return;
  const message = `It is ${digest}, and ${LOCK_FILE} has ${lock.digest}.`;
  const hint = "sandstack verify tells what differs; sandstack lock takes it as it is.";
  if (isFrozen()) throw new SandstackError("LOCK_FAILED", message, { hint });
  remark(`${message} ${hint}`);
}

/** A lock that has changed since, and asks for another image than the one there is. */
export function lockChange(old: Old, news: Values): Change[] {
  const [before, now] = [old.inputs["lock"], news["lock"]].map((ref) => (ref as LockRef | undefined)?.digest);
  if (now === undefined || now === before || now === old.outputs["digest"]) return [];
  return [{ path: "lock", kind: before === undefined ? "add" : "update", effect: "replace", input: true }];
}
