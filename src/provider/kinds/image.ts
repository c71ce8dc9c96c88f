import { createHash } from "node:crypto";
import { invalidOption } from "../../model/error";
import { type BuildProgress, type ImageArgs, type ImageSource, SOURCE_FORMS, isLocalOci } from "../../model/image";
import type { FileSource } from "../../model/file-source";
import { parseCwd, parseEnv, parseImageUser } from "../../model/image-config";
import { changesOf, type Change, type Effects } from "../changes";
import type { Kind, Old } from "../kind";
import { formatProgress } from "../progress";
import { hasUnknown, type Values } from "../values";
import { type HashedFile, imageArgsOf } from "./image-args";
import { checkImageLock, compareWithLock, lockChange, readImageLock } from "./image-lock";

const STORED = "stored";
const MISSING = "missing from the store of this machine";

/** How long `run` may take is not here: it changes nothing of what is built. */
const EFFECTS: Effects = {
  from: "replace",
  packages: "replace",
  python: "replace",
  npm: "replace",
  files: "replace",
  run: "replace",
  env: "replace",
  user: "replace",
  cwd: "replace",
};

/** `sandstack:local:Image`: an image in the store of this machine. Its id is its digest. */
export const image: Kind = {
  outputs: ["digest", "reference", "sizeBytes", "state"],

  async check(checker, secrets) {
    for (const property of secrets) {
      const reason = `${property} holds a secret, which everybody could read in the image. An instance's secrets are the place for it.`;
      checker.failures.push({ property, reason });
    }
    const [{ fingerprint, runSteps }, { parsePython }, { npmFingerprint }] = await Promise.all([
      import("../../images/index.js"),
      import("../../images/python/requirements.js"),
      import("../../images/npm/option.js"),
    ]);
    await checker.parse("packages", (packages: unknown) => parsePackages(packages));
    const packages = checker.isGood("packages") ? (checker.inputs["packages"] as string[]) : [];
    await checker.require("from", SOURCE_FORMS, async (from: ImageSource) => {
      const found = await fingerprint({ from, packages });
      // What a path leads to may change while the path stays.
      return isPath(from) ? { ...from, fingerprint: found } : from;
    });
    await checker.parse("files", async (files: Record<string, FileSource>) => {
      const hashed = Object.entries(files).map(async ([inside, source]) => [inside, await hashFile(inside, source)]);
      return Object.fromEntries(await Promise.all(hashed)) as Record<string, HashedFile>;
    });
    // What the file says counts, not where it is.
    await checker.parse("python", parsePython);
    await checker.parse("npm", (npm: NonNullable<ImageArgs["npm"]>) => {
      const found = npmFingerprint(npm);
      return "package" in npm ? { ...npm, fingerprint: found } : npm;
    });
    await checker.parse("run", (run: ImageArgs["run"]) => (runSteps(run), run));
    await checker.parse("runTimeout", (timeout: string | number) => (runSteps([], timeout), timeout));
    await checker.parse("env", parseEnv);
    await checker.parse("user", parseImageUser);
    await checker.parse("cwd", parseCwd);
    if (checker.failures.length === 0 && !hasUnknown(checker.inputs)) await checkImageLock(checker);
  },

  diff(old, news) {
    const changes = [...changesOf(contentsOf(old.inputs), contentsOf(news), EFFECTS), ...lockChange(old, news)];
    return old.outputs["state"] === MISSING ? { changes: [...changes, lost], reason: MISSING } : { changes };
  },

  async create({ progress, remark, signal }, inputs) {
    const [{ buildImage }, { imageHelpers }] = await Promise.all([
      import("../../images/index.js"),
      import("../../../runtime/image-helpers.js"),
    ]);
    const onProgress = (reached: BuildProgress) => progress(formatProgress(reached));
    const lock = readImageLock(inputs);
    const built = await buildImage(imageArgsOf(inputs), { ...imageHelpers, lock, signal, onProgress });
    const { digest, reference, sizeBytes } = built;
    compareWithLock(digest, lock, remark);
    return { id: digest, outputs: { digest, reference, sizeBytes, state: STORED } };
  },

  async read({ id, outputs }: Old) {
    const { findImage } = await import("../../images/index.js");
    return { ...outputs, state: (await findImage(id)) ? STORED : MISSING };
  },

  /** The store keeps it: others may use it, and the next declaration of it is there at once. */
  remove: () => Promise.resolve(),
};

const lost: Change = { path: "state", kind: "update", effect: "replace", input: false };

function isPath(from: ImageSource): boolean {
  return "rootfs" in from || ("oci" in from && isLocalOci(from.oci));
}

function parsePackages(packages: unknown): string[] {
  const names = Array.isArray(packages) ? (packages as unknown[]) : [undefined];
  if (names.every((name) => typeof name === "string")) return [...new Set(names)].sort();
  throw invalidOption("packages", JSON.stringify(packages), 'names of Debian packages such as ["git"]');
}

async function hashFile(inside: string, source: FileSource): Promise<HashedFile> {
  const { factsOf, listFileItems } = await import("../../images/files/listing.js");
  const found = (await listFileItems({ [inside]: source })).map(factsOf);
  return { ...source, hash: createHash("sha256").update(JSON.stringify(found)).digest("hex") };
}

/** The inputs without where files lie on this machine: what counts is what is in them. */
function contentsOf(inputs: Values): Values {
  const { files, npm } = inputs;
  const contents: Record<string, unknown> = { ...inputs };
  if (typeof files === "object" && files !== null) {
    const hashes = Object.entries(files).map(([inside, file]) => [inside, (file as HashedFile).hash]);
    contents["files"] = Object.fromEntries(hashes);
  }
  if (typeof npm === "object" && npm !== null && "fingerprint" in npm)
    contents["npm"] = { fingerprint: npm.fingerprint };
  return contents;
}
