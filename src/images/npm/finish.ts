import { INPUTS } from "../layer/build-layer";

/** Where packages are: every program below /opt finds them. */
export const MODULES = "/opt/node_modules";

/**
 * Runs in the image's Node: puts what npm has installed in its place, and the commands of what was asked for on PATH.
 * npm's own note of what is there goes, for it names the registry.
 */
export const FINISH = `
const fs = require("node:fs");
const path = require("node:path");
const [project, modules] = ["${INPUTS}/project", "${MODULES}"];
fs.rmSync(modules, { recursive: true, force: true });
fs.mkdirSync(path.dirname(modules), { recursive: true });
fs.mkdirSync("/usr/local/bin", { recursive: true });
if (!fs.existsSync(project + "/node_modules")) fs.mkdirSync(project + "/node_modules");
fs.renameSync(project + "/node_modules", modules);
fs.rmSync(modules + "/.package-lock.json", { force: true });
const manifest = JSON.parse(fs.readFileSync(project + "/package.json", "utf8"));
for (const name of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) {
  const file = path.join(modules, name, "package.json");
  if (!fs.existsSync(file)) continue;
  const bin = JSON.parse(fs.readFileSync(file, "utf8")).bin ?? {};
  for (const command of typeof bin === "string" ? [name.replace(/^@[^/]*\\//, "")] : Object.keys(bin)) {
    const own = path.basename(command);
    // Those alone that npm took for commands: a package may call one "..".
    if (own === "" || own === "." || own === ".." || !fs.existsSync(path.join(modules, ".bin", own))) continue;
    const link = path.join("/usr/local/bin", own);
    fs.rmSync(link, { force: true });
    fs.symlinkSync(path.join(modules, ".bin", own), link);
  }
}
`;
