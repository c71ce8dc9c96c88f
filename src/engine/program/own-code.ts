import { join, sep } from "node:path";

/** This package's own code, as it is written and as it is built: it may be a link in the user's node_modules. */
const BUILT = join(__dirname, "../../..");
const OURS = [BUILT, BUILT.replace(/[/\\]dist$/, "")].flatMap((root) =>
  ["components", "runtime", "src"].map((room) => join(root, room) + sep),
);

/** Whether a file, by its path or URL, is the user's: not this package's, and no package's. */
export function isUsersCode(file: string): boolean {
  const path = file.replace("file://", "");
  return !path.includes(`${sep}node_modules${sep}`) && !OURS.some((room) => path.startsWith(room));
}
