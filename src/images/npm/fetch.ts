import { existsSync, mkdtempSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { SandstackError } from "../../model/error";
import type { BuildContext } from "../context";
import { hasBlob, keepBlob } from "../store/blob";
import { cacheIn, runNpm, takeNpmrc } from "./npm";
import { idOf, type Tarball } from "./pins";

/** Packages for one run of npm, whose start takes as long as some downloads. */
const AT_ONCE = 16;

/**
 * Brings the packages into the store that it lacks, each checked by its hash.
 * @throws SandstackError NOT_FOUND naming those that the registry has no more
 */
export async function fetchTarballs(
  tarballs: readonly Tarball[],
  npmrc: string | undefined,
  context: BuildContext,
): Promise<void> {
  const missing: Tarball[] = [];
  for (const tarball of tarballs) if (!(await hasBlob("tarballs", tarball.sha512, "sha512"))) missing.push(tarball);
  for (let done = 0; done < missing.length; done += AT_ONCE) {
    const some = missing.slice(done, done + AT_ONCE);
    const detail = `package ${done + 1} of ${missing.length}: ${some.map(idOf).join(", ")}`;
    context.report("downloading packages", (done / missing.length) * 0.6, detail);
    await fetchSome(some, npmrc, context);
  }
}

async function fetchSome(tarballs: readonly Tarball[], npmrc: string | undefined, context: BuildContext) {
  const folder = mkdtempSync(join(context.work.path, "npm-"));
  takeNpmrc(npmrc, folder);
  const failure: unknown = await runNpm(["cache", "add"], tarballs.map(idOf), folder, context).then(
    () => undefined,
    (error: unknown) => error,
  );
  const files = contentOf(join(cacheIn(folder), "_cacache"));
  const lost: string[] = [];
  for (const tarball of tarballs) if (!(await keepOneOf(files, tarball))) lost.push(idOf(tarball));
  if (lost.length === 0) return;
  if (failure && (failure as SandstackError).code !== "INVALID_OPTION") throw failure as Error;
  throw new SandstackError("NOT_FOUND", `npm: the registry has no more of what was pinned: ${lost.join(", ")}.`, {
    cause: failure,
    hint: "Pin anew with `sandstack lock --upgrade`, or bring the store that has them.",
  });
}

/** npm's cache names a file by its sha512. */
async function keepOneOf(files: readonly string[], { sha512 }: Tarball): Promise<boolean> {
  const file = files.find((path) => path.replaceAll("/", "").endsWith(sha512));
  return file !== undefined && keepBlob("tarballs", file, sha512, "sha512");
}

function contentOf(cache: string): string[] {
  const content = join(cache, "content-v2");
  if (!existsSync(content)) return [];
  return readdirSync(content, { recursive: true, encoding: "utf8" }).map((path) => join(content, path));
}
