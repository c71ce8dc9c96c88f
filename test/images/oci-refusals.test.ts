import { existsSync, lstatSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { buildImage } from "../../src/images";
import { leakCheckEachTest } from "../support/leak-check";
import { startRegistry } from "../support/registry";
import { ESCAPES } from "./escapes";
import { type Lie, startLiar } from "./liar";
import { BASE, IMAGE, push, refused, useOciScene } from "./oci-scene";
import { NOTHING, storeContent, useOwnStore } from "./own-store";
import { type MadeEntry, makeTar } from "./tar-maker";

leakCheckEachTest();
useOwnStore();
const scene = useOciScene();

describe("a registry that does not give it", () => {
  /** What a build from it says; the store has nothing of it, and the next build from a good one works. */
  async function failure(oci: string): Promise<unknown> {
    const before = storeContent();
    const error: unknown = await buildImage({ from: { oci } }).catch((thrown: unknown) => thrown);
    expect(storeContent()).toEqual(before);
    expect((await buildImage({ from: { oci: scene.layout(IMAGE) } })).digest).toMatch(/^sha256:/);
    return error;
  }

  it("for want of a login says so; with the user's own auth file it does", async () => {
    await using registry = await startRegistry({ login: { name: "me", password: "secret-1" } });
    scene.trust(registry.address);
    const login = Buffer.from("me:secret-1").toString("base64");
    const auth = join(scene.folder, "auth.json");
    writeFileSync(auth, JSON.stringify({ auths: { [registry.address]: { auth: login } } }));
    const oci = push(registry, scene.layout(IMAGE), "1", `--authfile=${auth}`);
    expect(await failure(oci)).toEqual(refused("PERMISSION_DENIED", /^from\.oci: 127\S+: the registry wants a login/));
    process.env["REGISTRY_AUTH_FILE"] = auth;
    try {
      expect((await buildImage({ from: { oci } })).digest).toMatch(/^sha256:/);
    } finally {
      delete process.env["REGISTRY_AUTH_FILE"];
    }
  });

  it("for its certificate is nobody's says so", async () => {
    await using registry = await startRegistry({ tls: true });
    expect(await failure(`${registry.address}/a`)).toEqual(refused("REGISTRY_FAILED", /certificate/));
  });

  it("for it is not there, or speaks no TLS, says so", async () => {
    let address: string;
    {
      await using registry = await startRegistry();
      address = registry.address;
      expect(await failure(`${address}/a`)).toEqual(refused("REGISTRY_FAILED", /speaks HTTP without TLS/));
      scene.trust(address);
      expect(await failure(`${address}/a`)).toEqual(refused("NOT_FOUND", /there is no such image/));
    }
    expect(await failure(`${address}/a`)).toEqual(refused("REGISTRY_FAILED", /can't be reached/));
  });

  const isBlob = (path: string) => path.includes("/blobs/");
  const isManifest = (path: string) => path.includes("/manifests/");
  it.each<[string, Lie, string, RegExp]>([
    [
      "sends a web page",
      () => ({ body: "<html>Log in here</html>", type: "text/html" }),
      "BAD_ARCHIVE",
      /its manifest is no JSON/,
    ],
    [
      "sends a web page for the manifest",
      (p) => (isManifest(p) ? { body: "<html>", type: "text/html" } : undefined),
      "BAD_ARCHIVE",
      /its manifest is no JSON/,
    ],
    ["sends round in circles", (p) => ({ goTo: p }), "REGISTRY_FAILED", /circles/],
    ["cuts blobs short", (p) => (isBlob(p) ? { cut: true } : undefined), "CORRUPT", /not what its digest says/],
    [
      "sends other bytes",
      (p, real) => (isBlob(p) ? { body: Buffer.alloc(real.length, 7) } : undefined),
      "CORRUPT",
      /not what its digest says/,
    ],
    [
      "sends another manifest for a digest",
      (p, real) => (p.includes("/manifests/sha256") ? { body: `${real.toString()} ` } : undefined),
      "CORRUPT",
      /digest/,
    ],
  ])("and %s is found out", async (_, lie, code, message) => {
    await using registry = await startRegistry();
    await using liar = await startLiar(registry.address, lie);
    scene.trust(registry.address, liar.address);
    const oci = push(registry, scene.layout(IMAGE), "1").replace(registry.address, liar.address);
    const error = (await failure(oci)) as { code: string; message: string };
    expect(error.message).toMatch(message);
    expect(error.message).toContain(`from.oci: ${oci}: `);
    expect(error.code).toBe(code);
    expect(liar.asked.length).toBeGreaterThan(0);
  });
});

describe("an OCI image that is not sound", () => {
  it.each<[string, MadeEntry[], RegExp]>([
    ...ESCAPES,
    ["a device", [{ path: "dev/mem", type: "3", device: [1, 1] }], /"dev\/mem" is a device/],
    ["overlayfs's own whiteout", [{ path: "w", type: "3", device: [0, 0] }], /"w" is a device/],
    [
      "overlayfs's marks",
      [{ path: "d/", type: "5", pax: { "SCHILY.xattr.trusted.overlay.redirect": "/etc" } }],
      /"d\/" has the attribute trusted\.overlay\.redirect/,
    ],
  ])("for %s in its upper layer is refused by name, and nothing is left", async (_, entries, message) => {
    const oci = scene.layout({ layers: [BASE, makeTar([{ path: "good", content: "good" }, ...entries])] });
    await expect(buildImage({ from: { oci } })).rejects.toEqual(refused("BAD_ARCHIVE", message));
    expect(storeContent()).toEqual(NOTHING);
    expect(existsSync("/var/tmp/sandstack-escaped")).toBe(false);
  });

  it.each<[string, (path: string) => void, string, RegExp]>([
    [
      "its index is no JSON",
      (path) => writeFileSync(join(path, "index.json"), "{"),
      "BAD_ARCHIVE",
      /what came is no image/,
    ],
    [
      "it holds nothing",
      (path) => writeFileSync(join(path, "index.json"), '{"manifests":[]}'),
      "BAD_ARCHIVE",
      /what came is no image/,
    ],
    ["a layer is another", (path) => spoil(path, "layers"), "CORRUPT", /not what its digest says/],
    ["its config is another", (path) => spoil(path, "config"), "CORRUPT", /not what its digest says/],
    ["its manifest is another", (path) => spoil(path, "manifest"), "BAD_ARCHIVE", /no JSON/],
  ])("for %s is refused", async (_, harm, code, message) => {
    const path = scene.layout(IMAGE);
    harm(path);
    await expect(buildImage({ from: { oci: path } })).rejects.toEqual(refused(code, message));
    expect(storeContent()).toEqual(NOTHING);
  });

  it("for it is none says so", async () => {
    writeFileSync(join(scene.folder, "text"), "text");
    for (const oci of [scene.folder, join(scene.folder, "text")]) {
      await expect(buildImage({ from: { oci } })).rejects.toEqual(refused("INVALID_OPTION", /^from\.oci: /));
    }
    await expect(buildImage({ from: { oci: "./none" } })).rejects.toEqual(refused("NOT_FOUND", /"\.\/none"/));
  });
});

/** Makes zeros of a blob of a layout. */
function spoil(path: string, what: "manifest" | "config" | "layers"): void {
  const read = (file: string) => JSON.parse(readFileSync(join(path, file), "utf8")) as never;
  const fileOf = ({ digest }: { digest: string }) => join("blobs/sha256", digest.slice("sha256:".length));
  const { manifests } = read("index.json") as { manifests: [{ digest: string }] };
  const manifest = fileOf(manifests[0]);
  const { config, layers } = read(manifest) as { config: { digest: string }; layers: [{ digest: string }] };
  const file = join(path, { manifest, config: fileOf(config), layers: fileOf(layers[0]) }[what]);
  writeFileSync(file, Buffer.alloc(lstatSync(file).size));
}
