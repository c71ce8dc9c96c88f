import { isStale } from "./newer.mjs";
import { runQuietly } from "./run.mjs";

/** npm's own record of what is installed is the last thing that it writes: older than the lock file, or missing, is not installed. */
export async function installDependencies() {
  if (!isStale("node_modules/.package-lock.json", ["package-lock.json"])) return;
  await runQuietly("installing npm packages", "npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
}
