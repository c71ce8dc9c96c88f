import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { buildImage } from "../../src/images";
import { statePath } from "../../src/model/state-dir";
import { leakCheckEachTest } from "../support/leak-check";
import { startRegistry } from "../support/registry";
import type { MadeImage } from "./layout-maker";
import { directory, makeTar } from "./tar-maker";
import { IMAGE, push, refused, skopeo, TOP, useOciScene } from "./oci-scene";
import { storeContent, useOwnStore } from "./own-store";

leakCheckEachTest();
useOwnStore();
const scene = useOciScene();

describe("an OCI image as beginning", () => {
  it("has the files that its layers make together, and its config", async () => {
    const { layers, config, reference } = await buildImage({ from: { oci: scene.layout(IMAGE) } });
    const [root] = layers as [string];
    expect(layers).toHaveLength(1);
    expect(config).toEqual({ env: { A: "1=2", PATH: "/bin" }, user: "1234", cwd: "/opt" });
    expect(reference).toMatch(/^oci:layout-/);
    expect(lstatSync(join(root, "etc/word"))).toMatchObject({ uid: 1234, gid: 5678, mtimeMs: 77_000 });
    expect(lstatSync(join(root, "etc/word")).mode & 0o7777).toBe(0o4750);
    expect(lstatSync(join(root, "etc/word")).ino).toBe(lstatSync(join(root, "etc/word2")).ino);
    expect(readlinkSync(join(root, "link"))).toBe("etc/word");
    expect(existsSync(join(root, "etc/hidden"))).toBe(false);
    expect(readdirSync(join(root, "opt"))).toEqual(["new"]);
    expect(readFileSync(join(root, "etc/passwd"), "utf8")).toMatch(/^agent:/m);
    expect(
      execFileSync("tar", ["-c", "--xattrs", "--format=pax", "-C", root, "etc/noted"]).toString("latin1"),
    ).toContain("SCHILY.xattr.user.note=kept");
  });

  it("has the WORKDIR and the VOLUMEs that its layers lack, root's as Docker makes them, and no other time changes", async () => {
    const config = {
      WorkingDir: "/app/src/",
      Volumes: { "/var/lib/data": {}, "/opt": {}, "/link-to-opt/v": {}, rel: {} },
    };
    const links = makeTar([
      { path: "link-to-opt", type: "2", link: "/opt" },
      { ...directory("var/"), mtime: 99 },
    ]);
    const image = await buildImage({ from: { oci: scene.layout({ layers: [...IMAGE.layers, links], config }) } });
    const [root] = image.layers as [string];
    expect(image.config.cwd).toBe("/app/src/");
    for (const path of ["app", "app/src", "var/lib", "var/lib/data", "opt/v", "rel"]) {
      const { mode, uid, gid } = lstatSync(join(root, path));
      expect([path, mode & 0o7777, uid, gid]).toEqual([path, 0o755, 0, 0]);
    }
    expect(readdirSync(join(root, "opt")).sort()).toEqual(["new", "v"]);
    expect(lstatSync(join(root, "var")).mtimeMs).toBe(99_000);
    const again = await buildImage({ from: { oci: scene.layout({ layers: [...IMAGE.layers, links], config }) } });
    expect(again.digest).toBe(image.digest);
    const wrong = { ...IMAGE, config: { Volumes: { "/etc/word/below": {} } } };
    await expect(buildImage({ from: { oci: scene.layout(wrong) } })).rejects.toEqual(
      refused("BAD_ARCHIVE", /the directory "\/etc\/word\/below" of its config can't be made/),
    );
  });

  it("is the same from a registry, a layout, an archive, and Docker's archive", async () => {
    await using registry = await startRegistry();
    scene.trust(registry.address);
    const path = scene.layout(IMAGE);
    const copy = (to: string) => skopeo("copy", `oci:${path}`, to);
    copy(`oci-archive:${scene.folder}/oci.tar`);
    copy(`docker-archive:${scene.folder}/docker.tar:a/b:1`);
    const places = [path, push(registry, path, "1"), join(scene.folder, "oci.tar"), join(scene.folder, "docker.tar")];
    const digests = [];
    for (const oci of places) digests.push((await buildImage({ from: { oci } })).digest);
    expect(new Set(digests)).toEqual(new Set([digests[0]]));
    expect(storeContent().layers).toHaveLength(1);
  });

  it("of several platforms is this machine's; of others alone it is refused", async () => {
    await using registry = await startRegistry();
    scene.trust(registry.address);
    const other: MadeImage = { layers: [TOP], architecture: "s390x" };
    const oci = push(registry, scene.layout(other, IMAGE), "both");
    expect((await buildImage({ from: { oci } })).digest).toBe(
      (await buildImage({ from: { oci: scene.layout(IMAGE) } })).digest,
    );
    const others = [scene.layout(other), scene.layout(other, { ...other, architecture: "riscv64" })];
    for (const [index, path] of others.entries()) {
      const name = push(registry, path, `other-${index}`);
      await expect(buildImage({ from: { oci: name } })).rejects.toEqual(refused("UNSUPPORTED", /s390x/));
    }
  });

  it("asks its registry once: a second build, and one without the layer, need none", async () => {
    const from = { oci: "" };
    let first: string;
    {
      await using registry = await startRegistry();
      scene.trust(registry.address);
      from.oci = push(registry, scene.layout(IMAGE), "1");
      first = (await buildImage({ from })).digest;
    }
    expect((await buildImage({ from })).digest).toBe(first);
    for (const shelf of ["layers", "recipes"]) rmSync(statePath("images", shelf), { recursive: true });
    expect((await buildImage({ from })).digest).toBe(first);
    for (const shelf of ["layers", "recipes"]) rmSync(statePath("images", shelf), { recursive: true });
    const blobs = statePath("images/blobs");
    writeFileSync(join(blobs, readdirSync(blobs)[0] as string), "spoiled");
    await expect(buildImage({ from })).rejects.toEqual(refused("REGISTRY_FAILED", /can't be reached/));
    expect(storeContent()).toMatchObject({ layers: [], recipes: [], unfinished: [] });
  });

  it("takes no packages", async () => {
    await expect(buildImage({ from: { oci: scene.layout(IMAGE) }, packages: ["git"] })).rejects.toEqual(
      refused("INVALID_OPTION", /^packages: git cannot go into an OCI image\.$/),
    );
  });
});
