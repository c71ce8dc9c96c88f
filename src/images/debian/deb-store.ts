import { createHash } from "node:crypto";
import { readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { storePath } from "../store/layout";

/** Keeps the packages that apt fetched into a tree, by the hash of their content, for the next build. A spoiled one is replaced. */
export function keepDebs(tree: string): void {
  const archives = join(tree, "var/cache/apt/archives");
  for (const name of readdirSync(archives).filter((file) => file.endsWith(".deb"))) {
    const deb = join(archives, name);
    const digest = createHash("sha256").update(readFileSync(deb)).digest("hex");
    renameSync(deb, storePath("debs", digest));
  }
}
