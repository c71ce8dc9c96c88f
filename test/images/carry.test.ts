import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  cleanImageBuilds,
  exportImage,
  findImage,
  importImage,
  pullImage,
  pushImage,
  verifyImage,
} from "../../src/images";
import type { Image } from "../../src/model/image";
import { leakCheckEachTest } from "../support/leak-check";
import { startRegistry } from "../support/registry";
import { until } from "../support/until";
import { sandstack, start } from "../cli/cli";
import { storeCarried } from "./carried";
import { elsewhere } from "./elsewhere";
import { refused, useOciScene } from "./oci-scene";
import { NOTHING, storeContent, useOwnStore } from "./own-store";

// Images on their way from one store to another. Not proven: that others can use them (test/docker/carry.test.ts).

leakCheckEachTest();
useOwnStore();
const scene = useOciScene();

let image: Image;
beforeEach(async () => void (image = await storeCarried()));

const at = (name: string) => join(scene.folder, name);
const sha256 = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");

describe("an image that is exported", () => {
  it.each(["image.tar", "layout"])("to %s comes back in another store as it was", async (name) => {
    const { ociDigest } = await exportImage(image.digest, at(name));
    await elsewhere(async () => {
      const back = await importImage(at(name));
      expect({ ...back, layers: [] }).toEqual({ ...image, reference: `import:${name}`, layers: [] });
      expect(await findImage(image.digest)).toEqual(back);
      expect(await verifyImage(image.digest)).toBe(true);
      expect(storeContent().unfinished).toEqual([]);
      expect((await exportImage(back.digest, at("again"))).ociDigest).toBe(ociDigest);
    });
    // Where it was already, it keeps its name.
    expect(await importImage(at(name))).toEqual(image);
    expect(readdirSync(scene.folder).filter((one) => one.startsWith("."))).toEqual([]);
  });

  it("is the same bytes whenever, wherever and by whomever it is exported", async () => {
    await exportImage(image.digest, at("a.tar"));
    await exportImage(image.digest, at("layout"));
    const env = { TZ: "Asia/Tokyo", LC_ALL: "C.UTF-8", HOME: "/", USER: "somebody" };
    await elsewhere(async () => {
      await importImage(at("layout"));
      const script = 'umask 0077; exec "$0" "$@"';
      const program = `require(${JSON.stringify(join(process.cwd(), "dist/src/images"))}).exportImage(...process.argv.slice(1))`;
      const argv = [process.execPath, "-e", program, image.digest, at("b.tar")];
      execFileSync("unshare", ["--uts", "sh", "-c", `hostname other; ${script}`, ...argv], {
        env: { ...process.env, ...env },
      });
    });
    expect(sha256(at("b.tar"))).toBe(sha256(at("a.tar")));
  });

  it("leaves a draft where its process is killed, which goes with the next build or gc", async () => {
    const large = await storeCarried({}, (tree) => {
      writeFileSync(join(tree, "large"), "");
      truncateSync(join(tree, "large"), 512 << 20);
    });
    const drafts = () => readdirSync(scene.folder).filter((name) => name.startsWith(".large.tar."));
    const { child, ended } = start(["image", "export", large.digest, at("large.tar")]);
    await until("a draft", 20_000, () => drafts().length > 0);
    child.kill("SIGKILL");
    expect((await ended).signal).toBe("SIGKILL");
    expect(drafts()).toHaveLength(1);
    expect(await cleanImageBuilds({ dryRun: true })).toHaveLength(1);
    expect(drafts()).toHaveLength(1);
    await cleanImageBuilds();
    expect(drafts()).toEqual([]);
    expect(storeContent().unfinished).toEqual([]);
  });

  it("comes back with its ACLs, which Docker would not set", async () => {
    // user::rw-, user:7:r--, group::r--, mask::r--, other::r--
    const entries = [
      [1, 6, -1],
      [2, 4, 7],
      [4, 4, -1],
      [16, 4, -1],
      [32, 4, -1],
    ];
    const set = `
import os, struct, sys
os.setxattr(sys.argv[1], "system.posix_acl_access", struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *e) for e in ${JSON.stringify(entries)}))
`;
    const withAcl = await storeCarried({}, (tree) => execFileSync("python3", ["-c", set, join(tree, "etc/owned")]));
    await exportImage(withAcl.digest, at("image.tar"));
    expect(withAcl.layers[1]).not.toBe(image.layers[1]);
    await elsewhere(async () => {
      const [, root] = (await importImage(at("image.tar"))).layers;
      const get = "import os, sys; print(len(os.getxattr(sys.argv[1], 'system.posix_acl_access')))";
      expect(execFileSync("python3", ["-c", get, join(root as string, "etc/owned")]).toString()).toBe("44\n");
      expect(await verifyImage(withAcl.digest)).toBe(true);
    });
  });

  it("goes where nothing stands, and nowhere else", async () => {
    writeFileSync(at("taken.tar"), "precious");
    await expect(exportImage(image.digest, at("taken.tar"))).rejects.toEqual(refused("EXISTS", /taken\.tar/));
    expect(readFileSync(at("taken.tar"), "utf8")).toBe("precious");
    await expect(exportImage(image.digest, at("none/a.tar"))).rejects.toEqual(
      refused("NOT_FOUND", /there is no directory/),
    );
    await expect(exportImage(image.digest, at("a.tar.gz"))).rejects.toEqual(refused("INVALID_OPTION", /a\.tar\.gz/));
    await expect(exportImage("none", at("a.tar"))).rejects.toEqual(refused("NO_SUCH_IMAGE", /"none"/));
    mkdirSync(at("empty"));
    await exportImage(image.digest, at("empty"));
    expect(existsSync(at("empty/oci-layout"))).toBe(true);
  });

  it("and is aborted leaves nothing", async () => {
    const abort = new AbortController();
    const exporting = exportImage(image.digest, at("a.tar"), { signal: abort.signal, onProgress: () => abort.abort() });
    await expect(exporting).rejects.toMatchObject({ code: "ABORTED" });
    expect(readdirSync(scene.folder)).toEqual([]);
  });

  it("or imported on a full disk says which, and leaves nothing", async () => {
    await exportImage(image.digest, at("good.tar"));
    const full = at("full");
    mkdirSync(full);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k,mode=755", "full", full]);
    const before = process.env["SANDSTACK_STATE_DIR"];
    try {
      for (const name of ["a.tar", "layout"]) {
        const exporting = exportImage(image.digest, join(full, name));
        await expect(exporting).rejects.toEqual(refused("NO_SPACE", new RegExp(`^PATH: no space left in ${full}\\.$`)));
        expect(readdirSync(full)).toEqual([]);
      }
      process.env["SANDSTACK_STATE_DIR"] = full;
      await expect(importImage(at("good.tar"))).rejects.toEqual(refused("NO_SPACE", /full\/images/));
      expect(storeContent()).toEqual(NOTHING);
    } finally {
      process.env["SANDSTACK_STATE_DIR"] = before;
      execFileSync("umount", [full]);
    }
  });

  it("cannot have what an OCI image has another meaning for", async () => {
    const root = image.layers[0] as string;
    writeFileSync(join(root, "opt/.wh.x"), "");
    await expect(exportImage(image.digest, at("a.tar"))).rejects.toEqual(refused("UNSUPPORTED", /"\/opt\/\.wh\.x"/));
    expect(readdirSync(scene.folder)).toEqual([]);
  });
});

describe("an image in a registry with a login", () => {
  let auth = "";
  beforeEach(() => (auth = at("auth.json")));
  afterEach(() => delete process.env["REGISTRY_AUTH_FILE"]);

  it("is pushed and pulled with the user's own, which shows in no argument", async () => {
    await using registry = await startRegistry({ login: { name: "me", password: "secret-1" } });
    const name = `${registry.address}/team/agent:1`;
    await expect(pushImage(image.digest, name, { tlsVerify: false })).rejects.toEqual(
      refused("PERMISSION_DENIED", /wants a login/),
    );
    const login = Buffer.from("me:secret-1").toString("base64");
    writeFileSync(auth, JSON.stringify({ auths: { [registry.address]: { auth: login } } }));
    process.env["REGISTRY_AUTH_FILE"] = auth;
    const seen = new Set<string>();
    const watch = setInterval(() => seen.add(allArguments()), 5);
    const pushed = await pushImage(image.digest, name, { tlsVerify: false });
    await elsewhere(async () => {
      expect((await pullImage(`${registry.address}/team/agent@${pushed}`, { tlsVerify: false })).digest).toBe(
        image.digest,
      );
    }).finally(() => clearInterval(watch));
    const text = [...seen].join("\n");
    expect(text).toContain("skopeo");
    expect(text).not.toMatch(new RegExp(`secret-1|${login}`));
  });

  it("that speaks plain HTTP is refused unless that is said", async () => {
    await using registry = await startRegistry();
    const name = `${registry.address}/agent:1`;
    const plain = await sandstack(["image", "push", image.digest, name]);
    expect(plain).toMatchObject({ code: 1, stdout: "" });
    expect(plain.stderr).toMatch(/speaks HTTP without TLS\.\n.*--tls-verify=false/);
    expect(await sandstack(["image", "push", "--tls-verify=false", image.digest, name])).toMatchObject({ code: 0 });
    expect(await sandstack(["image", "pull", "--tls-verify=true", name])).toMatchObject({ code: 1 });
    expect(await sandstack(["image", "pull", "--tls-verify=false", name])).toMatchObject({
      code: 0,
      stdout: `${image.digest}\n`,
    });
    await using guarded = await startRegistry({ tls: true });
    const secure = `${guarded.address}/agent:1`;
    expect((await sandstack(["image", "push", image.digest, secure])).stderr).toMatch(/certificate/);
    expect(await sandstack(["image", "push", "--tls-verify=false", image.digest, secure])).toMatchObject({ code: 0 });
  });
});

/** What every process of this machine was started with. */
function allArguments(): string {
  return readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      } catch {
        return "";
      }
    })
    .join("\n");
}
