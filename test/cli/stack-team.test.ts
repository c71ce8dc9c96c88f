import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { defaultImage } from "../../src/images";
import { statePath } from "../../src/model/state-dir";
import { parseLock } from "../../src/model/lock";
import { leakCheckEachTest } from "../support/leak-check";
import { startRegistry } from "../support/registry";
import { CLI, sandstack } from "./cli";
import { destroyAfterEach, Project } from "./stack-scene";

// A teammate's machine: another state directory, no way out of it, and of the first machine just what is handed over.

const { from, packages } = defaultImage();
const SUITE = `
import { SandboxHost, SandboxImage } from "sandstack";
const host = new SandboxHost("lab", { tier: "chroot" });
new SandboxImage("python", { host, ...${JSON.stringify({ from, packages })} });
`;
const SMALL = `
import { SandboxHost, SandboxImage } from "sandstack";
const host = new SandboxHost("lab", { tier: "chroot" });
for (const name of ["small", "other"]) new SandboxImage(name, { host, from: { rootfs: "./" + name } });
`;

leakCheckEachTest();
destroyAfterEach();

let store: string;
beforeEach(() => void (store = mkdtempSync("/var/tmp/sandstack-teammate-")));
afterEach(() => rmSync(store, { recursive: true }));

async function lockedProject(): Promise<Project> {
  const project = new Project(SUITE);
  await project.say("lock");
  return project;
}
const lockedDigest = (project: Project) => parseLock(project.read("sandstack.lock"))["python"]!.digest;

/** Runs `sandstack` on the teammate's machine. */
function elsewhere(project: Project, args: readonly string[], env: NodeJS.ProcessEnv = {}, script = ""): string {
  const bare = { PATH: process.env["PATH"], ...project.env, SANDSTACK_STATE_DIR: store, ...env };
  const argv = [
    "--net",
    "--uts",
    "--mount",
    "sh",
    "-c",
    `ip link set lo up; ${script} exec "$@"`,
    "sh",
    process.execPath,
    CLI,
  ];
  return execFileSync("unshare", [...argv, ...args], { cwd: project.folder, env: bare, stdio: "pipe" }).toString();
}

describe("a teammate", () => {
  test("without a way out and with little memory, of another name, clock, zone, locale, home and umask, makes the same bytes from project, lock and packages", async () => {
    const project = await lockedProject();
    mkdirSync(join(store, "images"));
    cpSync(statePath("images/debs"), join(store, "images/debs"), { recursive: true });
    mkdirSync(join(store, "bin"));
    symlinkSync(resolve("test/support/mmdebstrap-years-later.sh"), join(store, "bin/mmdebstrap"));
    const env = {
      PATH: `${join(store, "bin")}:${process.env["PATH"]}`,
      HOME: store,
      TMPDIR: "/var/tmp",
      TZ: "Asia/Tokyo",
      LC_ALL: "de_DE.UTF-8",
    };
    const memory = join(store, "meminfo");
    writeFileSync(memory, "MemTotal: 2000000 kB\nMemFree: 1000000 kB\nMemAvailable: 1500000 kB\n");
    const script = `hostname elsewhere; mount --bind ${memory} /proc/meminfo; umask 077;`;
    const said = elsewhere(project, ["verify", "--json"], env, script);
    expect(readFileSync(join(store, "kind"), "utf8")).not.toBe("tmpfs\n");
    const year = Number(readFileSync(join(store, "year"), "utf8"));
    expect(year).toBeGreaterThan(new Date().getFullYear());
    const digest = lockedDigest(project);
    expect(JSON.parse(said)).toEqual([{ image: "python", equal: true, locked: digest, digest, movedOn: [] }]);
  }, 300_000);

  test("without a way out and without packages is told which are missing; with the image exported to them needs none", async () => {
    const project = await lockedProject();
    const digest = lockedDigest(project);
    expect(() => elsewhere(project, ["verify"])).toThrow(
      /cannot be reached: .*The store lacks adduser \S+, .* and \d+ more\./,
    );
    expect(readdirSync(join(store, "images/tmp"))).toEqual([]);
    const archive = join(store, "python.tar");
    expect(await sandstack(["image", "export", digest, archive])).toMatchObject({ code: 0 });
    elsewhere(project, ["image", "import", archive]);
    elsewhere(project, ["up", "--frozen"]);
    expect(project.id("sandstack:local:Image", "python")).toBe(digest);
    expect(readdirSync(join(store, "images/debs"))).toEqual([]);
  }, 120_000);

  test("compares what a registry has with the lock", async () => {
    const project = new Project(SMALL);
    for (const name of ["small", "other"]) {
      mkdirSync(join(project.folder, name, "etc"), { recursive: true });
      project.write(`${name}/etc/word`, `${name}\n`);
    }
    await project.say("lock");
    const lock = parseLock(project.read("sandstack.lock"));
    await using registry = await startRegistry();
    const reference = `${registry.address}/team/small:1`;
    await project.say("image", "push", "--tls-verify=false", lock["small"]!.digest, reference);
    project.env = { ...project.env, SANDSTACK_STATE_DIR: store };
    const pull = (...images: string[]) => project.run("verify", "--tls-verify=false", "--pull", reference, ...images);
    expect(await pull("small")).toMatchObject({ code: 0, stdout: `small: equal, ${lock["small"]!.digest}\n` });
    const wrong = await pull("other");
    expect([wrong.code, wrong.stderr]).toEqual([1, "sandstack: Not as locked: other.\n"]);
    expect(wrong.stdout).toBe(`other: locked ${lock["other"]!.digest}\n       found  ${lock["small"]!.digest}\n`);
    const several = await pull();
    expect([several.code, several.stderr]).toEqual([
      2,
      expect.stringMatching(/--pull: \S+ is one image, and not other, small/),
    ]);
    expect(existsSync(join(store, "images/recipes")) && readdirSync(join(store, "images/recipes"))).toEqual([]);
  });
});
