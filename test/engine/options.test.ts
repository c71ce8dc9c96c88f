import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { File } from "./file-resource";
import { Scene } from "./scene";

class Folder extends pulumi.ComponentResource {
  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("test:index:Folder", name, {}, opts);
    this.registerOutputs({ name });
  }
}
class FileProvider extends pulumi.ProviderResource {
  constructor(name: string, args: pulumi.Inputs, opts?: pulumi.ResourceOptions) {
    super("file", name, args, opts);
  }
}

describe("the options of a resource", () => {
  it("ignoreChanges leaves a property as it was", async () => {
    const scene = new Scene();
    const program = (content: string) => () =>
      void new File("one", { path: scene.path("a"), content }, { ignoreChanges: ["content"] });
    await scene.up(program("1"));
    const { changes } = await scene.up(program("2"));
    expect(changes).toEqual({ same: 2 });
    expect(scene.files()).toEqual({ a: "1" });
  });

  it("replaceOnChanges replaces instead of updating", async () => {
    const scene = new Scene();
    const program = (content: string) => () =>
      void new File("one", { path: scene.path("a"), content }, { replaceOnChanges: ["*"], deleteBeforeReplace: true });
    await scene.up(program("1"));
    const { changes } = await scene.up(program("2"));
    expect(changes).toEqual({ same: 1, "delete-replaced": 1, "create-replacement": 1 });
    expect(scene.files()).toEqual({ a: "2" });
  });

  it("protect keeps it from delete, replacement and destroy, which then touch nothing", async () => {
    const scene = new Scene();
    const program = (path: string, protect: boolean) => () => {
      new File("one", { path: scene.path(path), content: "x" }, { protect });
      new File("other", { path: scene.path("other"), content: "x" });
    };
    await scene.up(program("a", true));
    scene.journal();
    await expect(scene.up(() => undefined)).rejects.toThrow(/"one".* is protected and cannot be deleted/);
    await expect(scene.up(program("b", true))).rejects.toThrow(/"one".* is protected and cannot be replaced/);
    await expect(scene.engine(() => undefined).destroy()).rejects.toThrow(/protected/);
    await expect(scene.engine(() => undefined).preview("destroy")).rejects.toThrow(/protected/);
    expect(scene.journal()).toEqual([]);
    await scene.up(program("a", false));
    await scene.engine(() => undefined).destroy();
    expect(scene.files()).toEqual({});
  });

  it("retainOnDelete forgets, and leaves it in the world", async () => {
    const scene = new Scene();
    await scene.up(() => void new File("one", { path: scene.path("a"), content: "x" }, { retainOnDelete: true }));
    await scene.up(() => undefined);
    expect(scene.known()).toEqual([]);
    expect(scene.files()).toEqual({ a: "x" });
  });

  it("deletedWith leaves the delete to the other's", async () => {
    const scene = new Scene();
    await scene.up(() => {
      const one = new File("one", { path: scene.path("a"), content: "x" });
      new File("with", { path: scene.path("b"), content: "x" }, { deletedWith: one });
    });
    scene.journal();
    await scene.engine(() => undefined).destroy();
    expect(scene.journal()).toEqual(["delete a", "delete a done"]);
    expect(scene.state().resources).toEqual([]);
  });

  it("aliases follow a resource to a new name and a new parent, and a parent's children with it", async () => {
    const scene = new Scene();
    await scene.up(() => {
      const folder = new Folder("old");
      new File("old-child", { path: scene.path("a"), content: "x" }, { parent: folder });
      new File("alone", { path: scene.path("b"), content: "x" });
    });
    scene.journal();
    const { changes } = await scene.up(() => {
      const folder = new Folder("new", { aliases: [{ name: "old" }] });
      new File("new-child", { path: scene.path("a"), content: "x" }, { parent: folder });
      new File(
        "moved",
        { path: scene.path("b"), content: "x" },
        { parent: folder, aliases: [{ name: "alone", parent: pulumi.rootStackResource }] },
      );
    });
    expect(changes).toEqual({ same: 4 });
    expect(scene.journal()).toEqual([]);
    const urns = scene.state().resources.map(({ urn }) => urn.split("::").slice(2).join("::"));
    expect(urns).toContain("test:index:Folder$file:index:File::new-child");
    expect(urns).toContain("test:index:Folder$file:index:File::moved");
    expect(urns.filter((urn) => urn.endsWith("old") || urn.endsWith("alone"))).toEqual([]);
  });
});

describe("providers", () => {
  it("get all of their package's config by default; explicit ones get theirs, also through components", async () => {
    const scene = new Scene();
    const project = scene.project({ config: { "file:region": "here", "other:region": "there" } });
    await scene.up(
      () => {
        new File("plain", { path: scene.path("a"), content: "x" });
        const provider = new FileProvider("mine", { region: "elsewhere" });
        const folder = new Folder("folder", { providers: [provider] });
        new File("inherited", { path: scene.path("b"), content: "x" }, { parent: folder });
      },
      { project },
    );
    const resources = scene.state().resources;
    const [byDefault, mine] = ["pulumi:providers:file::default", "pulumi:providers:file::mine"].map((end) =>
      resources.find(({ urn }) => urn.endsWith(end)),
    );
    expect(byDefault).toMatchObject({ inputs: { __internal: {}, region: "here" }, outputs: { region: "here" } });
    expect(byDefault?.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(mine?.inputs).toMatchObject({ region: "elsewhere" });
    const providerOf = (name: string) => resources.find(({ urn }) => urn.endsWith(`::${name}`))?.provider;
    expect(providerOf("plain")).toBe(`${byDefault?.urn}::${byDefault?.id}`);
    expect(providerOf("inherited")).toBe(`${mine?.urn}::${mine?.id}`);
  });

  it("that change are updated in place, and their resources stay; a move between two is no change by itself", async () => {
    const scene = new Scene();
    const program = (region: string, explicit: boolean) => () => {
      const provider = new FileProvider("mine", { region });
      new File("one", { path: scene.path("a"), content: "x" }, explicit ? { provider } : {});
    };
    await scene.up(program("1", true));
    scene.journal();
    const { changes } = await scene.up(program("2", true));
    expect(changes).toEqual({ same: 2, update: 1 });
    await scene.up(program("2", false));
    expect(scene.journal()).toEqual([]);
    expect(scene.state().resources.find(({ urn }) => urn.endsWith("::one"))?.provider).toContain("::default::");
    await scene.engine(() => undefined).destroy();
    expect(scene.files()).toEqual({});
  });
});
