import * as pulumi from "@pulumi/pulumi";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { SandboxHost, SandboxImage, type SandboxImageArgs } from "../../../components";
import { imageFiles } from "../../../components/image-files";
import { registered, valueOf } from "./program";

// The stand-in says that Pulumi.yaml is in a directory "rootDirectory".

/** All that an image registers; its host are two. */
async function imageWith(args: Omit<SandboxImageArgs, "host">) {
  const all = await registered(() => {
    const host = new SandboxHost("lab", { tier: "nspawn" });
    new SandboxImage("python", { host, ...args });
  });
  const own = all.filter(({ name }) => name === "python");
  expect(all).toHaveLength(own.length + 2);
  return own;
}

describe("SandboxImage", () => {
  it.each<[string, Omit<SandboxImageArgs, "host">, object]>([
    ["a suite", { from: { debian: "bookworm" } }, { from: { debian: "bookworm" } }],
    [
      "a suite of a mirror",
      { from: { debian: pulumi.output("bookworm"), mirror: "http://deb.example/debian" } },
      { from: { debian: "bookworm", mirror: "http://deb.example/debian" } },
    ],
    [
      "a root file system, relative to Pulumi.yaml",
      { from: { rootfs: "./r.tar" } },
      { from: { rootfs: resolve("rootDirectory/r.tar") } },
    ],
    [
      "an OCI image of a registry",
      { from: { oci: pulumi.output("registry.example/library/alpine:3.20") } },
      { from: { oci: "registry.example/library/alpine:3.20" } },
    ],
    ["an OCI layout, relative to Pulumi.yaml", { from: { oci: "./l" } }, { from: { oci: resolve("rootDirectory/l") } }],
    ["a snapshot", { from: { snapshot: pulumi.output("snap-1") } }, { from: { snapshot: "snap-1" } }],
    ["one by its absolute path", { from: { rootfs: "/srv/r" } }, { from: { rootfs: "/srv/r" } }],
    [
      "packages",
      { from: { debian: "bookworm" }, packages: ["git", pulumi.output("jq")] },
      { from: { debian: "bookworm" }, packages: ["git", "jq"] },
    ],
    [
      "files",
      {
        from: { debian: "bookworm" },
        files: {
          "/a": "stacks/agent",
          "/b": new pulumi.asset.FileAsset("/etc/hostname"),
          "/c": new pulumi.asset.StringAsset("hello"),
          "/d": new pulumi.asset.AssetArchive({ "x/y": new pulumi.asset.StringAsset("deep") }),
          "/e": { path: pulumi.output("agent"), include: ["*.py"], owner: "agent" },
          "/f": { text: "hello", mode: "0600", owner: "1000:1000" },
        },
      },
      {
        from: { debian: "bookworm" },
        files: {
          "/a": { path: resolve("rootDirectory/stacks/agent") },
          "/b": { path: "/etc/hostname" },
          "/c": { text: "hello" },
          "/d/x/y": { text: "deep" },
          "/e": { path: resolve("rootDirectory/agent"), include: ["*.py"], owner: "agent" },
          "/f": { text: "hello", mode: "0600", owner: "1000:1000" },
        },
      },
    ],
    [
      "wheels",
      { from: { debian: "bookworm" }, python: ["numpy", pulumi.output("pandas==2.1.4")] },
      { from: { debian: "bookworm" }, python: ["numpy", "pandas==2.1.4"] },
    ],
    [
      "wheels of a requirements file",
      { from: { debian: "bookworm" }, python: { requirements: "agent/requirements.txt" } },
      { from: { debian: "bookworm" }, python: { requirements: resolve("rootDirectory/agent/requirements.txt") } },
    ],
    [
      "packages of npm",
      { from: { debian: "bookworm" }, npm: ["cowsay", pulumi.output("left-pad@1")] },
      { from: { debian: "bookworm" }, npm: ["cowsay", "left-pad@1"] },
    ],
    [
      "packages of a package.json",
      { from: { debian: "bookworm" }, npm: { package: "agent/package.json" } },
      { from: { debian: "bookworm" }, npm: { package: resolve("rootDirectory/agent/package.json") } },
    ],
    [
      "what is of no known form, for the provider to refuse",
      { from: { debian: "bookworm" }, python: 7 as never, npm: { file: "package.json" } as never },
      { from: { debian: "bookworm" }, python: 7, npm: { file: "package.json" } },
    ],
    [
      "nothing that comes late",
      { from: { debian: "bookworm" }, python: pulumi.output(null) as never, npm: "cowsay" as never },
      { from: { debian: "bookworm" }, python: null, npm: "cowsay" },
    ],
    [
      "commands",
      { from: { debian: "bookworm" }, run: ["make install", pulumi.output(["touch", "/a b"])], runTimeout: "90s" },
      { from: { debian: "bookworm" }, run: ["make install", ["touch", "/a b"]], runTimeout: "90s" },
    ],
    [
      "what commands get",
      { from: { debian: "bookworm" }, env: { LANG: pulumi.output("C.UTF-8") }, user: "agent", cwd: "/srv" },
      { from: { debian: "bookworm" }, env: { LANG: "C.UTF-8" }, user: "agent", cwd: "/srv" },
    ],
  ])("is one image of the machine's store: %s", async (_, args, inputs) => {
    expect(await imageWith(args)).toEqual([
      { type: "sandstack:index:SandboxImage", name: "python", inputs: {} },
      { type: "sandstack:local:Image", name: "python", inputs },
    ]);
  });

  it("gives digest, reference and size", async () => {
    let image!: SandboxImage;
    await registered(() => {
      image = new SandboxImage("i", { host: new SandboxHost("lab", { tier: "nspawn" }), from: { debian: "bookworm" } });
    });
    expect(await valueOf(image.digest)).toBe("sha256:d1");
    expect(await valueOf(image.reference)).toBe("debian:bookworm");
    expect(await valueOf(image.sizeBytes)).toBe(7);
  });
});

describe("an image's files", () => {
  it.each<[string, unknown, string]>([
    [
      "a remote asset",
      { __pulumiAsset: true, uri: "https://x.example/a" },
      'files["/a"]: "https://x.example/a" is not of this machine.',
    ],
    ["a number", 7, 'files["/a"]: "7" is not valid.'],
    ["nothing", null, 'files["/a"]: "null" is not valid.'],
    ["an object of neither", { from: "a" }, 'files["/a"]: "{\\"from\\":\\"a\\"}" is not valid.'],
    [
      "a text with a path",
      { path: "a", text: "b" },
      'files["/a"]: "{\\"path\\":\\"a\\",\\"text\\":\\"b\\"}" is not valid.',
    ],
    ["a number in an archive", { __pulumiArchive: true, assets: { b: 7 } }, 'files["/a/b"]: "7" is not valid.'],
  ])("refuse %s", (_, given, message) => {
    expect(() => imageFiles({ "/a": given }, (path) => path)).toThrow(message);
  });
});
