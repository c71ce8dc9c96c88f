import * as pulumi from "@pulumi/pulumi";
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

  it("updates in place what may be, and says what differs", async () => {
    const scene = new Scene();
    const program = (content: string) => () => void new File("one", { path: scene.path("a"), content });
    await scene.up(program("first"));
    scene.journal();
    const { changes } = await scene.up(program("second"));
    expect(changes).toEqual({ same: 1, update: 1 });
    expect(scene.journal()).toEqual(["update a", "update a done"]);
    expect(scene.files()).toEqual({ a: "second" });
    const step = scene.events.find((event) => event.event === "step" && event.step.op === "update");
    expect(step).toMatchObject({
      step: {
        name: "one",
        reason: "content changed",
        diff: { content: { kind: "update", replace: false, input: true } },
        oldInputs: { content: "first" },
        newInputs: { content: "second" },
      },
    });
  });

  it("replaces: the new one first, then who uses it, then the old one goes", async () => {
    const scene = new Scene();
    const program = (path: string) => () => {
      const one = new File("one", { path: scene.path(path), content: "x" });
      new File("user", { path: scene.path("user"), content: one.path });
    };
    await scene.up(program("a"));
    scene.journal();
    const { changes } = await scene.up(program("b"));
    expect(changes).toEqual({ same: 1, "create-replacement": 1, update: 1, "delete-replaced": 1 });
    expect(scene.journal().filter((line) => line.endsWith("done"))).toEqual([
      "create b done",
      "update user done",
      "delete a done",
    ]);
    expect(Object.keys(scene.files())).toEqual(["b", "user"]);
    expect(scene.known()).toEqual(["b", "user"]);
  });

  it("deletes first where the provider or the program asks for it, with who would be replaced too", async () => {
    const scene = new Scene();
    const program = (path: string) => () => {
      const one = new File("one", { path: scene.path(path), content: "x", deleteFirst: true });
      // Its path follows from the first one's, so it would be replaced; the other only takes its content from it.
      new File("replaced", { path: pulumi.interpolate`${one.path}-follower`, content: "y" });
      new File("updated", { path: scene.path("u"), content: one.path });
    };
    await scene.up(program("a"));
    scene.journal();
    await scene.up(program("b"));
    const done = scene.journal().filter((line) => line.endsWith("done"));
    expect(done.slice(0, 3)).toEqual(["delete a-follower done", "delete a done", "create b done"]);
    expect(done.slice(3).sort()).toEqual(["create b-follower done", "update u done"]);
    expect(Object.keys(scene.files())).toEqual(["b", "b-follower", "u"]);
    expect(scene.known()).toEqual(["b", "b-follower", "u"]);

    const asked = (path: string) => () =>
      void new File("one", { path: scene.path(path), content: "x" }, { deleteBeforeReplace: true });
    await scene.up(asked("b"));
    scene.journal();
    await scene.up(asked("c"));
    expect(scene.journal().filter((line) => line.endsWith("done"))).toEqual(["delete b done", "create c done"]);
  });

  it("deletes what is not declared any more, users before what they use", async () => {
    const scene = new Scene();
    await scene.up(() => {
      const base = new File("base", { path: scene.path("base"), content: "x" });
      const middle = new File("middle", { path: scene.path("middle"), content: base.path });
      new File("top", { path: scene.path("top"), content: "z" }, { dependsOn: middle });
      new File("stays", { path: scene.path("stays"), content: "x" });
    });
    scene.journal();
    const { changes } = await scene.up(() => void new File("stays", { path: scene.path("stays"), content: "x" }));
    expect(changes).toEqual({ same: 2, delete: 3 });
    const expected = ["delete top done", "delete middle done", "delete base done"];
    expect(scene.journal().filter((line) => line.endsWith("done"))).toEqual(expected);
    expect(scene.known()).toEqual(["stays"]);
  });

  it("works on what is independent at once, as many as it may", async () => {
    const scene = new Scene();
    const program = () => {
      for (const name of ["a", "b", "c", "d"]) new File(name, { path: scene.path(name), content: "x", ms: 80 });
    };
    await scene.up(program, { parallel: 2 });
    let running = 0;
    const most = scene.journal().reduce((high, line) => {
      running += line.endsWith("done") ? -1 : 1;
      return Math.max(high, running);
    }, 0);
    expect(most).toBe(2);
    await scene.engine(program, { parallel: 16 }).destroy();
    expect(scene.journal().slice(0, 4).sort()).toEqual(["delete a", "delete b", "delete c", "delete d"]);
  });

  it("keeps one after the other what depends on each other", async () => {
    const scene = new Scene();
    await scene.up(() => {
      const a = new File("a", { path: scene.path("a"), content: "x", ms: 30 });
      const b = new File("b", { path: scene.path("b"), content: a.size.apply(String), ms: 10 });
      new File("c", { path: scene.path("c"), content: "x" }, { dependsOn: [b] });
    });
    expect(scene.journal()).toEqual([
      "create a",
      "create a done",
      "create b",
      "create b done",
      "create c",
      "create c done",
    ]);
    expect(scene.files()["b"]).toBe("1");
  });

  it("removes nothing of the stack itself on destroy", async () => {
    const scene = new Scene();
    const program = () => void new File("one", { path: scene.path("a"), content: "x" });
    await scene.up(program);
    const { changes } = await scene.engine(program).destroy();
    expect(changes).toEqual({ delete: 2 });
    expect(scene.files()).toEqual({});
    expect(scene.state()).toEqual({ resources: [], pending: [] });
    await scene.up(program);
    expect(scene.files()).toEqual({ a: "x" });
  });

  it("calls a provider's functions", async () => {
    const scene = new Scene();
    const { outputs } = await scene.up(() => {
      const one = new File("one", { path: scene.path("a"), content: "read me" });
      return { read: one.path.apply((path) => pulumi.runtime.invoke("file:index:read", { path })) };
    });
    expect(outputs).toEqual({ read: { content: "read me" } });
  });
});
