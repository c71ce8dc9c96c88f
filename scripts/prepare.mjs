// Run by npm itself: `npm ci`, `npm install` of a git dependency, `npm pack`.
import { buildGuest, hasProgram } from "./setup/guest.mjs";
import { buildTypeScript } from "./setup/build.mjs";

if (process.platform === "linux" && hasProgram("gcc") && hasProgram("make")) await buildGuest();
await buildTypeScript();
