import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { createStack, openStack, StackFile } from "../../src/engine";
import { makeLock } from "./lock-maker";
import { File } from "./file-resource";
import { Scene } from "./scene";

const program = (scene: Scene) => () => void new File("one", { path: scene.path("a"), content: "x" });

describe("the files of a stack", () => {
  it("are laid out as the CLI lays them out", async () => {
    const scene = new Scene();
    const run = () => {
      const one = new File("one", { path: scene.path("a"), content: "x" });
      new File("two", { path: scene.path("b"), content: one.path }, { dependsOn: one });
      return { path: one.path };
    };
    await scene.up(run, { message: "first" });
    await scene.engine(run).refresh();
    const below = (path: string) => readdirSync(join(scene.folder, ".pulumi", path)).sort();
    expect(below(".")).toEqual(["backups", "history", "locks", "meta.yaml", "stacks"]);
    expect(readFileSync(join(scene.folder, ".pulumi/meta.yaml"), "utf8")).toBe("version: 1\n");
    expect(below("stacks/project")).toEqual(["dev.json", "dev.json.bak"]);
    expect(below("locks/organization/project")).toEqual([]);
    const history = below("history/project/dev");
    expect(history).toHaveLength(4);
    expect(history[1]).toMatch(/^dev-\d{19}\.history\.json$/);
    expect(history[0]).toBe(history[1]?.replace("history", "checkpoint"));
    expect(below("backups/project/dev")[0]).toMatch(/^dev\.\d{19}\.json$/);
    const record = JSON.parse(
      readFileSync(join(scene.folder, ".pulumi/history/project/dev", history[1] ?? ""), "utf8"),
    ) as object;
    expect(record).toMatchObject({
      kind: "update",
      message: "first",
      version: 0,
      result: "succeeded",
      resourceChanges: { create: 3 },
    });
    expect(Object.keys(record)).toEqual([
      "kind",
      "startTime",
      "message",
      "environment",
      "config",
      "version",
      "result",
      "endTime",
      "resourceChanges",
    ]);
  });

  it("hold a checkpoint of the CLI's shape", async () => {
    const scene = new Scene();
    await scene.up(() => {
      const one = new File("one", { path: scene.path("a"), content: "x" });
      new File("two", { path: scene.path("b"), content: one.path }, { dependsOn: one });
      return { path: one.path };
    });
    const file = JSON.parse(scene.stateText()) as { checkpoint: { latest: object } };
    expect(Object.keys(file)).toEqual(["version", "checkpoint"]);
    expect(file).toMatchObject({
      version: 3,
      checkpoint: {
        stack: "organization/project/dev",
        latest: {
          manifest: { magic: "", version: "" },
          secrets_providers: {
            type: "passphrase",
            state: { salt: expect.stringMatching(/^v1:[^:]+:v1:[^:]+:[^:]+$/) as string },
          },
          metadata: {},
        },
      },
    });
    expect(file.checkpoint.latest).not.toHaveProperty("pending_operations");
    const [stack, provider, one, two] = scene.state().resources;
    const stackUrn = "urn:pulumi:dev::project::pulumi:pulumi:Stack::project-dev";
    expect(stack).toMatchObject({
      urn: stackUrn,
      custom: false,
      type: "pulumi:pulumi:Stack",
      outputs: { path: scene.path("a") },
    });
    expect(stack).not.toHaveProperty("id");
    expect(provider).toMatchObject({ urn: "urn:pulumi:dev::project::pulumi:providers:file::default", custom: true });
    expect(one).toMatchObject({
      urn: "urn:pulumi:dev::project::file:index:File::one",
      custom: true,
      id: scene.path("a"),
      parent: stackUrn,
      inputs: { path: scene.path("a"), content: "x" },
      outputs: { size: 1 },
      provider: `${provider?.urn}::${provider?.id}`,
      created: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    });
    expect(two).toMatchObject({ dependencies: [one?.urn], propertyDependencies: { content: [one?.urn] } });
    expect(readFileSync(join(scene.folder, "Pulumi.dev.yaml"), "utf8")).toMatch(/^encryptionsalt: v1:/);
  });
});

describe("a stack that is made", () => {
  it("is empty, and is made once", async () => {
    const scene = new Scene();
    await createStack(scene.project(), "dev", "password");
    expect(scene.state()).toEqual({ resources: [], pending: [] });
    await expect(createStack(scene.project(), "dev", "password")).rejects.toMatchObject({ code: "EXISTS" });
    expect((await scene.up(program(scene))).changes).toEqual({ create: 2 });
  });
});

describe("a state that cannot be used", () => {
  const broken: [string, (text: string) => string | Buffer, string, RegExp][] = [
    [
      "truncated",
      (text) => text.slice(0, text.length / 2),
      "CORRUPT",
      /dev\.json: the state cannot be read: it is not whole JSON/,
    ],
    ["empty", () => "", "CORRUPT", /the file is empty/],
    [
      "another project's",
      (text) => text.replace("organization/project/dev", "organization/other/dev"),
      "CORRUPT",
      /is the state of "organization\/other\/dev"/,
    ],
    [
      "newer than we know",
      (text) => text.replace('"version":3', '"version":5'),
      "VERSION",
      /state version 5 is not one/,
    ],
    [
      "one with features",
      (text) => text.replace('"version":3', '"version":4,"features":["views"]'),
      "VERSION",
      /4 with views/,
    ],
    [
      "another secrets provider's",
      (text) => text.replace('"type":"passphrase"', '"type":"cloud"'),
      "UNSUPPORTED",
      /secrets provider "cloud"/,
    ],
    ["compressed", (text) => gzipSync(text), "UNSUPPORTED", /compressed/],
    [
      "without a parent",
      (text) => text.replace(/("resources":\[)\{"urn":"[^"]+Stack::.*?\},(?=\{"urn")/, "$1"),
      "CORRUPT",
      /refers to urn:.*Stack.*which is not before it/,
    ],
  ];
  it.each(broken)("%s is refused by its name, and left alone", async (_what, change, code, message) => {
    const scene = new Scene();
    await scene.up(program(scene));
    const good = scene.stateText();
    const bad = change(good);
    writeFileSync(scene.stateFile, bad);
    scene.journal();
    await expect(scene.up(program(scene))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
    await expect(scene.engine(program(scene)).preview()).rejects.toMatchObject({ code });
    expect(readFileSync(scene.stateFile).equals(Buffer.from(bad))).toBe(true);
    expect(scene.journal()).toEqual([]);
    writeFileSync(scene.stateFile, good);
    expect((await scene.up(program(scene))).changes).toEqual({ same: 2 });
  });

  it("version 4 without features is 3", async () => {
    const scene = new Scene();
    await scene.up(program(scene));
    writeFileSync(scene.stateFile, scene.stateText().replace('"version":3', '"version":4'));
    expect((await scene.up(program(scene))).changes).toEqual({ same: 2 });
  });
});

describe("the lock", () => {
  it("of a living process stops everything but previews, and says whose it is", async () => {
    const scene = new Scene();
    await scene.up(program(scene));
    const file = makeLock(scene, { pid: process.pid });
    const failed = scene.up(program(scene));
    await expect(failed).rejects.toMatchObject({ code: "LOCKED", hint: expect.stringContaining(file) as string });
    await expect(failed).rejects.toThrow(`locked by ${userInfo().username}@${hostname()} (pid ${process.pid})`);
    await expect(scene.engine(program(scene)).destroy()).rejects.toMatchObject({ code: "LOCKED" });
    await scene.engine(program(scene)).preview();
    expect(readFileSync(file, "utf8")).not.toBe("");
  });

  it("of another machine is never taken away", async () => {
    const scene = new Scene();
    makeLock(scene, { pid: 2 ** 22 + 1, hostname: "elsewhere" });
    await expect(scene.up(program(scene))).rejects.toThrow("@elsewhere");
  });

  it("of a process that is gone is taken away, and that is told", async () => {
    const scene = new Scene();
    makeLock(scene, { pid: 2 ** 22 + 1 });
    await scene.up(program(scene));
    expect(scene.diagnostics("warning")).toEqual([expect.stringContaining("that process is gone")]);
  });

  it("holds while an update runs, and goes when it has failed", async () => {
    const scene = new Scene();
    const other = new Promise((resolve, reject) => {
      const run = () => {
        scene.up(program(scene)).then(() => reject(new Error("the second update ran")), resolve);
        new File("slow", { path: scene.path("s"), content: "x", ms: 100, fail: "create" });
      };
      new Scene().up(run, { project: scene.project() }).catch(() => undefined);
    });
    expect(await other).toMatchObject({ code: "LOCKED" });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await scene.up(program(scene));
  });
});

describe("the passphrase", () => {
  it("that is wrong, or not there, is one clear error, and nothing is written", async () => {
    const scene = new Scene();
    await scene.up(program(scene));
    const text = scene.stateText();
    await expect(scene.up(program(scene), { passphrase: "wrong" })).rejects.toMatchObject({ code: "BAD_PASSPHRASE" });
    await expect(scene.up(program(scene), { passphrase: undefined })).rejects.toMatchObject({
      code: "BAD_PASSPHRASE",
      hint: expect.stringContaining("PULUMI_CONFIG_PASSPHRASE") as string,
    });
    expect(scene.stateText()).toBe(text);
    await scene.up(program(scene));
  });
});

describe("secrets", () => {
  const SECRET = "tell-nobody-3141";
  it("stand in clear in no file and no event, and come back in clear", async () => {
    const scene = new Scene();
    const run = () => {
      const config = new pulumi.Config();
      const one = new File("one", { path: scene.path("a"), content: config.requireSecret("token") });
      const two = new File("two", { path: scene.path("b"), content: "x" }, { additionalSecretOutputs: ["size"] });
      return { token: one.content, nested: { deep: [pulumi.secret(SECRET)] }, size: two.size };
    };
    const all: unknown[] = [];
    const project = scene.project();
    await scene.up(() => undefined);
    const { crypter } = await openStack(project, "dev", "password");
    const file = new StackFile(project, "dev");
    file.set("project:token", { secure: crypter.encrypt(SECRET) });
    file.save();
    await expect(
      scene.up(() => new File("one", { path: scene.path("a"), content: pulumi.secret(SECRET), fail: "create" })),
    ).rejects.toThrow('with "[secret]" fails as asked');
    all.push(scene.events);
    for (const step of ["preview", "up", "refresh", "up"] as const) {
      const { outputs, secretOutputs } = await scene.engine(run)[step]();
      all.push(scene.events);
      if (step !== "up") continue;
      expect(outputs).toEqual({ token: SECRET, nested: { deep: [SECRET] }, size: 1 });
      expect(secretOutputs.sort()).toEqual(["nested", "size", "token"]);
    }
    // The world has it: that is where it is meant to be.
    expect(scene.files()["a"]).toBe(SECRET);
    expect(JSON.stringify(all)).not.toContain(SECRET);
    expect(JSON.stringify(all)).toContain("[secret]");
    for (const name of readdirSync(join(scene.folder, ".pulumi"), { recursive: true, encoding: "utf8" })) {
      if (name.endsWith(".json") || name.endsWith(".bak")) {
        expect(readFileSync(join(scene.folder, ".pulumi", name), "utf8")).not.toContain(SECRET);
      }
    }
    const two = scene.state().resources.find(({ urn }) => urn.endsWith("::two"));
    expect(two?.outputs?.["size"]).toMatchObject({ ciphertext: expect.stringMatching(/^v1:/) as string });
    await scene.engine(run).destroy();
  });
});
