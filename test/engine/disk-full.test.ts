import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { File } from "./file-resource";
import { Scene } from "./scene";

describe("a disk that is full", () => {
  it("leaves the state before whole; with room again the next up goes on", async () => {
    const scene = new Scene();
    const disk = join(scene.folder, "disk");
    mkdirSync(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", disk]);
    try {
      const project = scene.project({ backend: disk, configFolder: scene.folder });
      const state = join(disk, ".pulumi/stacks/project/dev.json");
      const program = (names: string[]) => () => {
        for (const name of names) new File(name, { path: scene.path(name), content: "x" });
      };
      await scene.up(program(["a"]), { project });
      const before = readFileSync(state, "utf8");
      const filler = join(disk, "filler");
      fill(filler);
      const failed = scene.up(program(["a", "b"]), { project });
      await expect(failed).rejects.toMatchObject({
        code: "NO_SPACE",
        message: expect.stringMatching(/no space left to write/) as string,
      });
      expect(readFileSync(state, "utf8")).toBe(before);
      // Nothing was made of which nothing could be written down.
      expect(Object.keys(scene.files())).toEqual(["a"]);
      expect(readdirSync(join(disk, ".pulumi/stacks/project")).filter((name) => name.endsWith(".new"))).toEqual([]);
      rmSync(filler);
      const { changes } = await scene.up(program(["a", "b"]), { project });
      expect(changes).toEqual({ same: 2, create: 1 });
      expect(existsSync(scene.path("b"))).toBe(true);
    } finally {
      execFileSync("umount", [disk]);
    }
  });
});

/** Takes every byte there is. */
function fill(path: string): void {
  for (let size = 256 * 1024; size >= 1; size = Math.floor(size / 2)) {
    try {
      writeFileSync(path, Buffer.alloc(size), { flag: "a" });
    } catch {
      // less fits
    }
  }
}
