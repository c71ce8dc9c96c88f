import { describe, expect, it } from "vitest";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { fileProvider, UNIMPLEMENTED } from "./file-provider";
import { File } from "./file-resource";
import { Scene } from "./scene";

describe("a failure", () => {
  it("keeps what was made, waits for what is under way, begins nothing new; the next up goes on", async () => {
    const scene = new Scene();
    // The SDK finds lines in named functions only.
    const program = (fail?: string) =>
      function declare() {
        new File("good", { path: scene.path("good"), content: "x" });
        new File("slow", { path: scene.path("slow"), content: "x", ms: 100 });
        const bad = new File("bad", { path: scene.path("bad"), content: "x", ms: 20, fail });
        new File("after", { path: scene.path("after"), content: bad.path });
      };
    const failed = scene.up(program("create"));
    await expect(failed).rejects.toMatchObject({ code: "PROVIDER_FAILED" });
    await expect(failed).rejects.toThrow(
      /^file:index:File "bad" at .*failure\.test\.ts:\d+:\d+: create of .*bad with "x" fails as asked/,
    );
    expect(scene.files()).toEqual({ good: "x", slow: "x" });
    expect(scene.known()).toEqual(["good", "slow"]);
    expect(scene.state().pending).toEqual([]);
    expect(scene.diagnostics("error")).toHaveLength(1);
    scene.journal();
    const { changes } = await scene.up(program());
    expect(changes).toEqual({ same: 3, create: 2 });
    expect(scene.known()).toEqual(["after", "bad", "good", "slow"]);
  });

  it("deletes nothing after it", async () => {
    const scene = new Scene();
    await scene.up(() => void new File("old", { path: scene.path("old"), content: "x" }));
    const program = () => void new File("new", { path: scene.path("new"), content: "x", fail: "create" });
    await expect(scene.up(program)).rejects.toThrow();
    expect(scene.files()).toEqual({ old: "x" });
    expect(scene.known()).toEqual(["old"]);
  });

  it("of a delete leaves what could not be deleted, and what it needs", async () => {
    const scene = new Scene();
    await scene.up(() => {
      const base = new File("base", { path: scene.path("base"), content: "x" });
      new File("stuck", { path: scene.path("stuck"), content: base.path, fail: "delete" });
      new File("free", { path: scene.path("free"), content: "x" });
    });
    await expect(scene.engine(() => undefined).destroy()).rejects.toThrow(/"stuck".*: delete of/);
    expect(scene.known()).toContain("stuck");
    expect(scene.known()).toContain("base");
    expect(Object.keys(scene.files())).toEqual(scene.known());
  });

  it("of an update leaves the old state", async () => {
    const scene = new Scene();
    const program = (content: string, fail?: string) => () =>
      void new File("one", { path: scene.path("a"), content, fail });
    await scene.up(program("1"));
    await expect(scene.up(program("2", "update"))).rejects.toThrow(/update of/);
    expect(scene.state().resources.find(({ id }) => id !== undefined && id.endsWith("a"))?.inputs).toMatchObject({
      content: "1",
    });
    await scene.up(program("2"));
    expect(scene.files()).toEqual({ a: "2" });
  });

  it("names each property that the provider refuses", async () => {
    const scene = new Scene();
    const failed = scene
      .engine(function declare() {
        new File("one", { content: "x" });
      })
      .preview();
    await expect(failed).rejects.toMatchObject({ code: "INVALID_OPTION" });
    await expect(failed).rejects.toThrow(/^file:index:File "one" at .*failure\.test\.ts:\d+:\d+: path: is missing$/);
  });

  it("tells two resources of one name, and where both are", async () => {
    const scene = new Scene();
    const failed = scene.up(function declare() {
      new File("twin", { path: scene.path("a"), content: "x" });
      new File("twin", { path: scene.path("b"), content: "x" });
    });
    await expect(failed).rejects.toThrow(/named "twin": one at .*:\d+:\d+, the other at .*:\d+:\d+\.$/);
    expect(Object.keys(scene.files()).length).toBeLessThanOrEqual(1);
    expect(scene.known()).toEqual(Object.keys(scene.files()));
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("out of order");
      },
      /out of order/,
    ],
    ["rejects", () => Promise.reject(new Error("out of order")), /out of order/],
    [
      "answers without an id",
      (_call: unknown, reply: Reply) => reply(null, new messages.CreateResponse()),
      /nonsense: no id/,
    ],
    ["answers with something else", (_call: unknown, reply: Reply) => reply(null, { id: 1 }), /nonsense/],
    ["answers with nothing", (_call: unknown, reply: Reply) => reply(null), /did not answer/],
    ["does not know how", (_call: unknown, reply: Reply) => reply(UNIMPLEMENTED), /not implemented/],
  ])("of a provider whose create %s is told, and the state is whole", async (_what, create, message) => {
    const scene = new Scene();
    const providers = { file: () => ({ ...fileProvider(scene.journalFile), create }) };
    const program = () => void new File("one", { path: scene.path("a"), content: "x" });
    await expect(scene.up(program, { providers })).rejects.toThrow(message);
    expect(scene.known()).toEqual([]);
    expect(scene.state().pending).toEqual([]);
    await scene.up(program);
    expect(scene.known()).toEqual(["a"]);
  });
});

type Reply = (error: unknown, response?: unknown) => void;

describe("a provider that is not there", () => {
  it("is named, with what would install it", async () => {
    const scene = new Scene();
    await expect(
      scene.up(() => void new File("one", { path: "x", content: "x" }), { providers: {} }),
    ).rejects.toMatchObject({
      code: "MISSING_TOOL",
      message: expect.stringContaining("The provider plugin file is not installed.") as string,
    });
  });
});
