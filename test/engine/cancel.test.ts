import { describe, expect, it } from "vitest";
import { File } from "./file-resource";
import { Scene } from "./scene";

describe("a signal that aborts", () => {
  it("lets what is under way end, begins nothing, saves, and asks providers to let go", async () => {
    const scene = new Scene();
    const controller = new AbortController();
    const program = () => {
      const slow = new File("slow", { path: scene.path("slow"), content: "x", ms: 150 });
      new File("after", { path: scene.path("after"), content: slow.path });
      for (let n = 0; n < 4; n += 1) new File(`queued-${n}`, { path: scene.path(`q${n}`), content: "x", ms: 150 });
    };
    const engine = scene.engine(program, {
      parallel: 2,
      signal: controller.signal,
      events: (event) => {
        scene.events.push(event);
        if (event.event === "step" && event.step.name === "slow") setTimeout(() => controller.abort("enough"), 30);
      },
    });
    await expect(engine.up()).rejects.toMatchObject({ code: "ABORTED" });
    expect(scene.journal()).toContain("cancel");
    expect(Object.keys(scene.files())).toEqual(["q0", "slow"]);
    expect(scene.known()).toEqual(["q0", "slow"]);
    expect(scene.state().pending).toEqual([]);
    expect(scene.events.at(-1)).toMatchObject({ event: "summary", result: "cancelled" });
    expect(scene.events.filter(({ event }) => event === "cancelled")).toHaveLength(1);
    await scene.up(program);
    expect(scene.known()).toHaveLength(6);
  });

  it("before anything has begun leaves everything as it is", async () => {
    const scene = new Scene();
    const program = () => void new File("one", { path: scene.path("a"), content: "x" });
    await expect(scene.up(program, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" });
    expect(scene.journal()).toEqual([]);
  });

  it("ends a program that waits for ever", async () => {
    const scene = new Scene();
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    const waiting = scene.up(() => new Promise(() => undefined), { signal: controller.signal });
    await expect(waiting).rejects.toMatchObject({ code: "ABORTED" });
    await scene.up(() => undefined);
  });
});
