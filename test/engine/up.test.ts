import { describe, expect, it } from "vitest";
import { File } from "./file-resource";
import { Scene } from "./scene";

describe("up", () => {
  it("makes what is declared, and nothing the second time", async () => {
    const scene = new Scene();
    const program = () => {
      const one = new File("one", { path: scene.path("a"), content: "first" });
      return { size: one.size, path: one.path };
    };
    const made = await scene.up(program);
    expect(made.outputs).toEqual({ size: 5, path: scene.path("a") });
    expect(made.changes).toEqual({ create: 2 });
    expect(scene.files()).toEqual({ a: "first" });
    scene.journal();
    const text = scene.stateText();
    const again = await scene.up(program);
    expect(again.changes).toEqual({ same: 2 });
    expect(again.outputs).toEqual(made.outputs);
    expect(scene.journal()).toEqual([]);
    expect(scene.stateText()).toBe(text);
  });
});
