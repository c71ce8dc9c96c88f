import { existsSync, readdirSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import type { EngineEvent } from "../../src/engine";
import { File } from "./file-resource";
import { Scene } from "./scene";

const ops = (events: EngineEvent[]) =>
  events.flatMap((event) =>
    event.event === "step-done" && event.step.op !== "same" ? [`${event.step.op} ${event.step.name}`] : [],
  );

describe("preview", () => {
  it("tells what would be made, and makes nothing: no file of the world, no state, no lock", async () => {
    const scene = new Scene();
    let applied = false;
    const program = () => {
      const one = new File("one", { path: scene.path("a"), content: "x" });
      one.size.apply(() => (applied = true));
      new File("two", { path: scene.path("b"), content: one.size.apply(String) });
      return { known: one.path, unknown: one.size };
    };
    const { changes, outputs } = await scene.engine(program).preview();
    expect(changes).toEqual({ create: 3 });
    expect(outputs["known"]).toBe(scene.path("a"));
    expect(applied).toBe(false);
    expect(scene.journal()).toEqual([]);
    expect(readdirSync(scene.folder).sort()).toEqual(["world"]);
    expect(scene.events).toContainEqual(
      expect.objectContaining({
        event: "outputs",
        outputs: expect.objectContaining({ unknown: "[unknown]" }) as object,
      }),
    );
  });

  it("tells updates, replacements and deletes of a stack that is there, and leaves its state alone", async () => {
    const scene = new Scene();
    const program = (a: string, b: string) => () => {
      new File("updated", { path: scene.path("u"), content: a });
      new File("replaced", { path: scene.path(b), content: "x", deleteFirst: true });
      if (a === "1") new File("deleted", { path: scene.path("d"), content: "x" });
    };
    await scene.up(program("1", "b"));
    scene.journal();
    const text = scene.stateText();
    await scene.engine(program("2", "c")).preview();
    expect(ops(scene.events)).toEqual([
      "update updated",
      "delete-replaced replaced",
      "create-replacement replaced",
      "delete deleted",
    ]);
    expect(scene.journal()).toEqual([]);
    expect(scene.stateText()).toBe(text);
    await scene.engine(program("2", "c")).preview("destroy");
    expect(ops(scene.events).sort()).toEqual([
      "delete deleted",
      "delete project-dev",
      "delete replaced",
      "delete updated",
    ]);
    expect(Object.keys(scene.files())).toEqual(["b", "d", "u"]);
    expect(existsSync(`${scene.folder}/.pulumi/locks/organization/project/dev`)).toBe(false);
  });

  it("says in the program that it is one", async () => {
    const scene = new Scene();
    const seen: boolean[] = [];
    const program = () => void seen.push(pulumi.runtime.isDryRun());
    await scene.engine(program).preview();
    await scene.up(program);
    expect(seen).toEqual([true, false]);
  });
});
