import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { prerelease, rcompare, satisfies } from "semver";
import { SandstackError } from "../../model/error";
import type { JsonPlace } from "../../model/json-place";
import { readJsonText } from "../../model/json-text";
import type { BuildContext } from "../context";
import { readNpmLock } from "./lock";
import { runNpm, takeNpmrc } from "./npm";
import { lockFor, manifestOf, type NpmRequest } from "./option";
import { VERSION } from "./names";
import { idOf, type NpmPins, sha512Of, type Tarball } from "./pins";
import type { NodeTarget } from "./target";

/** What npm would install today, and the npm that will: the newest for the image's Node. */
export async function resolveNpm(request: NpmRequest, target: NodeTarget, context: BuildContext): Promise<NpmPins> {
  const folder = mkdtempSync(join(context.work.path, "npm-"));
  takeNpmrc(request.npmrc, folder);
  const lockFile = join(folder, "package-lock.json");
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifestOf(request)));
  const known = lockFor(request);
  if (known) writeFileSync(lockFile, JSON.stringify(known));
  context.report("npm", undefined, "looking for packages");
  await runNpm(["install", "--package-lock-only", "--ignore-scripts", "--omit=dev"], [], folder, context);
  const made = readJsonText(readFileSync(lockFile, "utf8"), "npm: its package-lock.json:").object();
  const found = readNpmLock(made, target);
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
  return newestFor(target.node, versionsIn(readJsonText(said, "npm: what the registry says of npm:")));
}

/** Only what is of the right kind: `npm view` says one version as itself, and several as a list. */
function versionsIn(said: JsonPlace): Version[] {
  const list = Array.isArray(said.value) ? said.list() : [said];
  return list.map((place) => {
    const engines = place.field("engines.node").value;
    return {
      version: place.field("version").text(VERSION, "a version"),
      ...(typeof engines === "string" ? { "engines.node": engines } : {}),
      "dist.integrity": place.field("dist.integrity").text(),
    };
  });
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
