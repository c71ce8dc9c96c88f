import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Metadata } from "@grpc/grpc-js";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import * as pulumi from "@pulumi/pulumi";
import { ErrorResourceInitFailed, UpdateResponse } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { describe, expect, it } from "vitest";
import { fileProvider } from "./file-provider";
import { File } from "./file-resource";
import { Scene } from "./scene";

describe("a resource that is made and does not come up", () => {
  it("is in the state, fails the update, and is tried again by the next", async () => {
    const scene = new Scene();
    const path = scene.path("a");
    const half = (_call: unknown, reply: (error: unknown) => void) => reply(initFailed(path));
    const done = (_call: unknown, reply: (error: null, response: UpdateResponse) => void) =>
      reply(null, new UpdateResponse().setProperties(Struct.fromJavaScript({ path, content: "x" })));
    const providers = { file: () => ({ ...fileProvider(scene.journalFile), create: half, update: done }) };
    const program = () => void new File("one", { path, content: "x" });
    await expect(scene.up(program, { providers })).rejects.toThrow(/was made, and did not come up: still booting/);
    const find = () => scene.state().resources.find(({ urn }) => urn.endsWith("::one"));
    expect(find()).toMatchObject({ id: path, initErrors: ["still booting"] });
    const { changes } = await scene.up(program, { providers });
    expect(changes).toEqual({ same: 1, update: 1 });
    expect(find()).not.toHaveProperty("initErrors");
  });
});

function initFailed(id: string): object {
  const detail = new ErrorResourceInitFailed().setId(id).setReasonsList(["still booting"]);
  const any = new Any();
  any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const metadata = new Metadata();
  const status = new Status();
  status.addDetails(any);
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code: 2, message: "half", metadata };
}

describe("what a program takes from elsewhere", () => {
  it("a resource that is read is external: it is never deleted", async () => {
    const scene = new Scene();
    writeFileSync(scene.path("theirs"), "hello");
    const { outputs } = await scene.up(() => {
      const theirs = new File("theirs", { path: "", content: undefined }, { id: scene.path("theirs") });
      return { content: theirs.content };
    });
    expect(outputs).toEqual({ content: "hello" });
    expect(scene.state().resources.find(({ urn }) => urn.endsWith("theirs"))).toMatchObject({ external: true });
    await scene.engine(() => undefined).destroy();
    expect(scene.files()).toEqual({ theirs: "hello" });
  });

  it("a file that an asset names is a change when it changes", async () => {
    const scene = new Scene();
    mkdirSync(join(scene.folder, "tree"));
    writeFileSync(join(scene.folder, "tree/file"), "1");
    const hashes = () => scene.state().resources.at(-1)?.inputs?.["archive"] as { hash: string };
    const program = () => {
      const archive = new pulumi.asset.FileArchive(join(scene.folder, "tree"));
      new File("one", { path: scene.path("a"), content: "x", archive });
    };
    await scene.up(program);
    const { hash } = hashes();
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    writeFileSync(join(scene.folder, "tree/file"), "2");
    await scene.up(program);
    expect(hashes().hash).not.toBe(hash);
  });
});
