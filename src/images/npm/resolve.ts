import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { prerelease, rcompare, satisfies } from "semver";
import { SandstackError } from "../../model/error";
import type { BuildContext } from "../context";
import { readNpmLock } from "./lock";
import { runNpm, takeNpmrc } from "./npm";
import { manifestOf, type NpmRequest } from "./option";
import { idOf, type NpmPins, sha512Of, type Tarball } from "./pins";
import type { NodeTarget } from "./target";

/** What npm would install today, and the npm that will: the newest for the image's Node. */
export async function resolveNpm(request: NpmRequest, target: NodeTarget, context: BuildContext): Promise<NpmPins> {
  const folder = mkdtempSync(join(context.work.path, "npm-"));
  takeNpmrc(request.npmrc, folder);
  const lockFile = join(folder, "package-lock.json");
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifestOf(request)));
  if (request.lock) writeFileSync(lockFile, JSON.stringify(request.lock));
  context.report("npm", undefined, "looking for packages");
  await runNpm(["install", "--package-lock-only", "--ignore-scripts", "--omit=dev"], [], folder, context);
  const found = readNpmLock(JSON.parse(readFileSync(lockFile, "utf8")) as Record<string, unknown>, target);
  return { npm: await npmFor(target, folder, context), ...found };
}

interface Version {
  version: string;
  "engines.node"?: string;
  "dist.integrity": string;
}

async function npmFor(target: NodeTarget, folder: string, context: BuildContext): Promise<Tarball> {
  const fields = ["version", "engines.node", "dist.integrity"];
  const said = await runNpm(["view", "--json"], ["npm@>=6", ...fields], folder, context);
  return newestFor(target.node, [JSON.parse(said) as Version | Version[]].flat());
}

/** @throws SandstackError INVALID_OPTION where a Node is older than every npm */
export function newestFor(node: string, versions: readonly Version[]): Tarball {
  const fitting = versions.filter(
    ({ version, "engines.node": engines }) => prerelease(version) === null && satisfies(node, engines ?? "*"),
  );
  const newest = fitting.sort((a, b) => rcompare(a.version, b.version))[0];
  if (newest) {
    const { version } = newest;
    return { name: "npm", version, sha512: sha512Of(newest["dist.integrity"], idOf({ name: "npm", version })) };
  }
  throw new SandstackError("INVALID_OPTION", `npm: there is no npm for the image's Node ${node}.`, {
    hint: "Take a suite or image with a newer one.",
  });
}
