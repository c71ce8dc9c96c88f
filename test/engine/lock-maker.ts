import { mkdirSync, writeFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import type { Scene } from "./scene";

/** Puts somebody's lock on the scene's stack. @returns its path */
export function makeLock(scene: Scene, owner: { pid: number; hostname?: string }): string {
  const folder = join(scene.folder, ".pulumi/locks/organization/project/dev");
  mkdirSync(folder, { recursive: true });
  const content = {
    username: userInfo().username,
    hostname: hostname(),
    timestamp: new Date().toISOString(),
    ...owner,
  };
  const file = join(folder, "4b7c2b34-0000-4000-8000-000000000000.json");
  writeFileSync(file, JSON.stringify(content));
  return file;
}
