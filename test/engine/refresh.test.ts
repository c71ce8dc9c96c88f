import { rmSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { File } from "./file-resource";
import { Scene } from "./scene";

describe("refresh", () => {
  const program = (scene: Scene) => () => {
    const gone = new File("gone", { path: scene.path("gone"), content: "x" });
    new File("changed", { path: scene.path("changed"), content: "x" }, { dependsOn: gone });
    new File("same", { path: scene.path("same"), content: "x" });
  };
  const disturb = (scene: Scene) => {
    rmSync(scene.path("gone"));
    writeFileSync(scene.path("changed"), "by hand");
    scene.journal();
  };

  it("makes the state say what the world is, and changes nothing in it", async () => {
    const scene = new Scene();
    await scene.up(program(scene));
    disturb(scene);
    const { changes } = await scene.engine(program(scene)).refresh();
    expect(changes).toEqual({ same: 1, update: 1, delete: 1 });
    expect(scene.journal().sort()).toEqual(["read changed", "read gone", "read same"]);
    expect(scene.known()).toEqual(["changed", "same"]);
    const changed = scene.state().resources.find(({ urn }) => urn.endsWith("::changed"));
    expect(changed?.outputs).toMatchObject({ content: "by hand", size: 7 });
    // What it depended on is not there any more, and the state is whole all the same.
    expect(changed?.dependencies ?? []).toEqual([]);
    expect(scene.files()["changed"]).toBe("by hand");
  });

  it("before each update, where the project says always", async () => {
    const scene = new Scene();
    const project = scene.project({ refreshAlways: true });
    await scene.up(program(scene), { project });
    disturb(scene);
    const preview = await scene.engine(program(scene), { project }).preview();
    expect(preview.changes).toEqual({ same: 3, create: 1 });
    expect(scene.journal().filter((line) => !line.startsWith("read"))).toEqual([]);
    expect(scene.known()).toHaveLength(3);
    const { changes } = await scene.up(program(scene), { project });
    expect(changes).toEqual({ same: 3, create: 1 });
    expect(scene.files()["gone"]).toBe("x");
    rmSync(scene.path("same"));
    scene.journal();
    await scene.engine(program(scene), { project }).destroy();
    expect(scene.journal()).not.toContain("delete same");
    expect(scene.files()).toEqual({});
    expect(scene.state().resources).toEqual([]);
  });
});
