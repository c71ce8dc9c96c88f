import { readdirSync, rmSync } from "node:fs";
import { ensureShelves, shelfPath } from "../ledger/shelf";
import { formatIdentity, isAlive, ownIdentity, parseIdentity } from "../system/process";
import { ifThere } from "../system/system-error";

let count = 0;

/** Lends the path of an archive that is to be made for an engine. It says whose it is, and goes when `use` is through. */
export async function withArchive<T>(use: (path: string) => Promise<T>): Promise<T> {
  ensureShelves();
  removeDeadArchives();
  const path = shelfPath("archives", `${formatIdentity(ownIdentity())} ${++count}.tar`);
  try {
    return await use(path);
  } finally {
    rmSync(path, { force: true });
  }
}

/** What processes have left that died meanwhile. */
export function removeDeadArchives(): void {
  for (const name of ifThere(() => readdirSync(shelfPath("archives"))) ?? []) {
    // While it is made its name begins with a dot.
    const maker = parseIdentity(name.replace(/^\./, "").split(" ").slice(0, 2).join(" "));
    if (maker === undefined || !isAlive(maker)) rmSync(shelfPath("archives", name), { recursive: true, force: true });
  }
}
