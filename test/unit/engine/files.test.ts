import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { findEntry } from "../../../src/engine/program/entry";
import { programFailure, userLine } from "../../../src/engine/program/failure";
import { beyond } from "../../../src/engine/program/aftermath";
import { historyConfig, providerConfig, resolveConfig } from "../../../src/engine/project/config";
import { parseProject } from "../../../src/engine/project/project-file";
import { StackFile } from "../../../src/engine/project/stack-file";
import { secret } from "../../../src/engine/property/value";
import { passphraseFrom } from "../../../src/engine/stack";
import { nanoseconds } from "../../../src/engine/state/history";
import { StateKeeper } from "../../../src/engine/state/keeper";
import { isStale, type LockContent } from "../../../src/engine/state/lock";
import type { ResourceState } from "../../../src/engine/state/resource-state";

const folder = mkdtempSync(join(tmpdir(), "sandstack-files-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("Pulumi.yaml", () => {
  const parse = (yaml: string, environment = {}) => parseProject(yaml, "/project/Pulumi.yaml", environment);
  it("says where everything is", () => {
    const yaml = `name: sandboxes
runtime: nodejs
main: stacks/index.ts
stackConfigDir: stacks
backend: { url: "file://." }
options: { refresh: always }
plugins: { providers: [{ name: sandstack, path: plugin }] }`;
    expect(parse(yaml)).toEqual({
      name: "sandboxes",
      folder: "/project",
      main: "stacks/index.ts",
      configFolder: "/project/stacks",
      backend: "/project",
      refreshAlways: true,
      config: {},
      plugins: { sandstack: "/project/plugin" },
    });
  });
  it.each([
    ["name: a\nruntime: nodejs\nbackend: { url: file:///var/state }", "/var/state"],
    [
      "name: a\nruntime: { name: nodejs, options: { typescript: true } }\nbackend: { url: 'file://state' }",
      "/project/state",
    ],
  ])("%j keeps its state in %s", (yaml, backend) => expect(parse(yaml).backend).toBe(backend));
  it("gives way to the environment", () =>
    expect(parse("name: a\nruntime: nodejs", { PULUMI_BACKEND_URL: "file:///x" }).backend).toBe("/x"));
  it.each([
    ["name: a\nruntime: python", /runtime: "python" is not covered/],
    ["name: a", /runtime: undefined is not covered/],
    ["runtime: nodejs", /name: undefined is not valid/],
    ["name: a\nruntime: nodejs\nbackend: { url: 's3://bucket' }", /backend.url: "s3:\/\/bucket" is not covered/],
    ["name: [", /Pulumi.yaml:1:\d+: /],
    ["- a", /is not a mapping/],
  ])("%j is refused", (yaml, message) => expect(() => parse(yaml)).toThrow(message));
});

describe("a stack's file", () => {
  const project = { configFolder: folder };
  it("is changed where it has to be; comments and what nobody knows stay", () => {
    const text = `# ours\nencryptionsalt: v1:x\nconfig:\n  # how long\n  project:ttl: 15m\n  project:gone: 1\nextra: [1]\n`;
    writeFileSync(join(folder, "Pulumi.kept.yaml"), text);
    const file = new StackFile(project, "kept");
    file.set("project:token", { secure: "v1:a:b" });
    expect([file.remove("project:gone"), file.remove("project:gone")]).toEqual([true, false]);
    file.save();
    expect(readFileSync(file.path, "utf8")).toBe(
      `# ours\nencryptionsalt: v1:x\nconfig:\n  # how long\n  project:ttl: 15m\n  project:token:\n    secure: v1:a:b\nextra: [ 1 ]\n`,
    );
    expect(new StackFile(project, "kept").config()).toEqual({
      "project:ttl": "15m",
      "project:token": { secure: "v1:a:b" },
    });
  });
  it("that is not there is empty, and made", () => {
    const file = new StackFile(project, "new");
    expect([file.salt, file.config()]).toEqual([undefined, {}]);
    file.salt = "v1:y";
    file.set("a:b", "c");
    file.save();
    expect(new StackFile(project, "new").salt).toBe("v1:y");
    expect(file.remove("a:b")).toBe(true);
    file.save();
    expect(readFileSync(file.path, "utf8")).toBe("encryptionsalt: v1:y\n");
  });
  it("with another secrets provider is refused", () => {
    writeFileSync(join(folder, "Pulumi.cloud.yaml"), "secretsprovider: awskms://x\n");
    expect(() => new StackFile(project, "cloud")).toThrow('secretsprovider: "awskms://x" is not covered.');
  });
});

describe("config", () => {
  const values = {
    "p:a": "1",
    "p:n": 5,
    "p:s": { secure: "x" },
    "p:o": { list: [1, { secure: "y" }] },
    "pkg:region": { secure: "z" },
  };
  const config = resolveConfig(
    values,
    { b: { value: "two" }, "q:c": true, "p:a": "over" },
    "p",
    (text) => `open ${text}`,
  );
  it("is text by full key; the stack's comes before the project's", () =>
    expect(config).toEqual({
      values: {
        "p:b": "two",
        "q:c": "true",
        "p:a": "1",
        "p:n": "5",
        "p:s": "open x",
        "p:o": '{"list":[1,"open y"]}',
        "pkg:region": "open z",
      },
      secretKeys: ["p:s", "p:o", "pkg:region"],
    }));
  it("of a package reaches its provider", () =>
    expect(providerConfig(config, "pkg")).toEqual({ region: secret("open z") }));
  it("stays sealed in the history", () =>
    expect(historyConfig({ "p:n": 5, s: { secure: "x" } }, "p")).toEqual({ "p:n": "5", "p:s": { secure: "x" } }));
});

describe("the passphrase of the environment", () => {
  const file = join(folder, "passphrase");
  writeFileSync(file, "from a file\n");
  it.each([
    [{}, undefined],
    [{ PULUMI_CONFIG_PASSPHRASE: "" }, ""],
    [{ PULUMI_CONFIG_PASSPHRASE: "x", PULUMI_CONFIG_PASSPHRASE_FILE: file }, "x"],
    [{ PULUMI_CONFIG_PASSPHRASE_FILE: file }, "from a file"],
  ])("%j", (environment, passphrase) => expect(passphraseFrom(environment)).toBe(passphrase));
});

describe("a lock", () => {
  const lock: LockContent = { pid: 1, username: "u", hostname: "here", timestamp: "2026-01-01T00:00:10Z" };
  const at = (text: string) => () => ({ startedAt: Date.parse(text) });
  it.each([
    ["of a living process", "here", at("2026-01-01T00:00:00Z"), false],
    ["of a process that is gone", "here", () => undefined, true],
    ["whose number another process has now", "here", at("2026-01-01T01:00:00Z"), true],
    ["of another machine", "there", () => undefined, false],
  ])("%s", (_what, here, start, stale) => expect(isStale(lock, here, start)).toBe(stale));
});

describe("the state while a run goes on", () => {
  const resource = (urn: string, more: Partial<ResourceState> = {}): ResourceState => ({
    urn,
    custom: true,
    type: "t",
    ...more,
  });
  const save = () => Promise.resolve();
  it("has what is new first, then what is left; and what is under way", async () => {
    const [a, b] = [resource("a"), resource("b")];
    const keeper = new StateKeeper({ resources: [a, b], pending: [] }, save);
    const now = resource("b", { id: "1" });
    await keeper.begin(now, "updating");
    expect(keeper.snapshot()).toEqual({ resources: [a, b], pending: [{ resource: now, type: "updating" }] });
    await keeper.settleNew(now, now, b);
    expect(keeper.snapshot()).toEqual({ resources: [now, a], pending: [] });
    await keeper.remove(a);
    expect(keeper.snapshot().resources).toEqual([now]);
  });
  it("follows a new name as soon as it is settled, and forgets who is gone", async () => {
    const user = resource("user", { parent: "old", dependencies: ["old", "gone"], provider: "old::id" });
    const old = resource("old");
    const keeper = new StateKeeper({ resources: [old, user], pending: [] }, save);
    const renamed = resource("new");
    await keeper.begin(renamed, "updating");
    expect(user.parent).toBe("old");
    await keeper.settleNew(renamed, renamed, old);
    keeper.dropDangling();
    expect(user).toMatchObject({ parent: "new", dependencies: ["new"], provider: "new::id" });
  });
  it("keeps what an earlier run left until it is settled", () => {
    const left = { resource: resource("a"), type: "creating" as const };
    const keeper = new StateKeeper({ resources: [], pending: [left] }, save);
    keeper.settle("a", "updating");
    expect(keeper.snapshot().pending).toEqual([left]);
    keeper.settle("a", "creating");
    expect(keeper.snapshot().pending).toEqual([]);
  });
  it("is filed by times that only grow", () => {
    const times = Array.from({ length: 100 }, nanoseconds);
    expect([...times].sort()).toEqual(times);
    expect(new Set(times).size).toBe(100);
  });
});

describe("a program", () => {
  it("is found by file, by package and by index", () => {
    mkdirSync(join(folder, "pkg"));
    writeFileSync(join(folder, "pkg/package.json"), '{ "main": "bin.js" }');
    for (const name of ["bin.js", "index.ts"]) writeFileSync(join(folder, "pkg", name), "");
    expect(findEntry(folder, "pkg/index.ts")).toEqual({
      file: join(folder, "pkg/index.ts"),
      folder: join(folder, "pkg"),
    });
    expect(findEntry(folder, "pkg").file).toBe(join(folder, "pkg/bin.js"));
    writeFileSync(join(folder, "pkg/package.json"), '{ "exports": { ".": { "require": "./index.ts" } } }');
    expect(findEntry(folder, "pkg").file).toBe(join(folder, "pkg/index.ts"));
    writeFileSync(join(folder, "pkg/package.json"), "{}");
    expect(findEntry(join(folder, "pkg"), ".").file).toBe(join(folder, "pkg/index.ts"));
    expect(() => findEntry(folder, "nowhere")).toThrow("main: ");
  });
  it("that fails is told by the first line that is the user's", () => {
    const stack = `Error: x
    at Module._load (node:internal/modules/cjs/loader:1:2)
    at f (/p/node_modules/a/index.js:3:4)
    at g (/p/stacks/local.ts:12:5)
    at /p/index.ts:1:1`;
    expect(userLine(stack)).toBe("file:///p/stacks/local.ts#12,5");
    expect(userLine("Error: x\n    at file:///p/index.mjs:7:1")).toBe("file:///p/index.mjs#7,1");
    expect(userLine("/p/index.js:3\nfoo(;\n    ^\nSyntaxError: Unexpected token")).toBe("file:///p/index.js#3,1");
    expect(userLine("Error: x")).toBeUndefined();
    const error = Object.assign(new TypeError("no"), { stack });
    expect(programFailure(error, "/p").message).toBe("stacks/local.ts:12:5: TypeError: no");
    expect(programFailure("text", "/p").message).toBe("The program: threw text");
  });
  it("has left behind what was not there before", () => {
    expect(beyond(["Timeout", "TTYWrap"], ["TTYWrap", "Timeout", "Timeout"])).toEqual(["Timeout"]);
    expect(beyond(["Timeout", "Timeout"], ["Timeout"])).toEqual([]);
  });
});
