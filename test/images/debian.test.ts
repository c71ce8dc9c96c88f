import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { freemem } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildImage, buildLocked, cleanImageBuilds, defaultImage } from "../../src/images";
import type { DebianPins, PinnedDeb } from "../../src/images/debian/pins";
import type { BuildProgress, Image, ImageArgs } from "../../src/model/image";
import { statePath } from "../../src/model/state-dir";
import { leakCheckEachTest } from "../support/leak-check";
import { until } from "../support/until";
import { startBuilder } from "./builder";
import { type Answer, startMirror } from "./mirror";
import { storeContent } from "./own-store";

const TIMEOUT = 150_000;
const { from } = defaultImage() as { from: { debian: string } };
const suite = from.debian;

let before: string | undefined;
let progress: BuildProgress[][];
let image: Image;
const root = () => image.layers[0] as string;
const read = (path: string) => readFileSync(join(root(), path), "utf8");

// One store for the whole file, for each real build takes its time. The same digest on another machine:
// test/cli/stack-team.test.ts.
leakCheckEachTest();
beforeAll(async () => {
  before = process.env["SANDSTACK_STATE_DIR"];
  process.env["SANDSTACK_STATE_DIR"] = mkdtempSync("/var/tmp/sandstack-store-");
  const builders = [1, 2].map(() => startBuilder(defaultImage()));
  const ends = await Promise.all(builders.map(({ ended }) => ended));
  expect(ends[1]).toEqual(ends[0]);
  image = ends[0]?.image as Image;
  progress = builders.map((builder) => builder.progress);
}, TIMEOUT);
afterAll(() => {
  rmSync(statePath(), { recursive: true });
  process.env["SANDSTACK_STATE_DIR"] = before;
});

const rejected = (args: ImageArgs, code: string, message: RegExp) =>
  expect(buildImage(args)).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });

describe("a suite of this machine's distribution", () => {
  it("is built once by two who ask at the same time", () => {
    const waited = progress.filter((steps) => steps.some(({ step }) => step === "waiting for another build"));
    expect(waited).toHaveLength(1);
    expect(storeContent()).toMatchObject({
      images: [expect.any(String)],
      layers: [expect.any(String)],
      unfinished: [],
    });
  });

  it("tells how far it is, in rising parts of the whole", () => {
    const steps = progress.find((all) => all.some(({ step }) => step === "installing packages")) as BuildProgress[];
    const fractions = steps.map(({ fraction }) => fraction).filter((one) => one !== undefined);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(new Set(fractions).size).toBeGreaterThan(50);
    expect(fractions.at(-1)).toBeGreaterThan(0.9);
    expect(steps.map(({ detail }) => detail)).toContain("python3-minimal");
  });

  it("works inside, with Python, apt and the user agent", () => {
    const inside = (...argv: string[]) => execFileSync("chroot", [root(), ...argv]).toString();
    expect(inside("python3", "-c", "print(6 * 7)")).toBe("42\n");
    expect(inside("dpkg-query", "-W", "-f", "${db:Status-Status}", "apt")).toBe("installed");
    expect(inside("id", "agent")).toBe("uid=1000(agent) gid=1000(agent) groups=1000(agent)\n");
    expect(lstatSync(join(root(), "home/agent")).uid).toBe(1000);
  });

  it("has nothing of this machine and of its making in it", () => {
    expect(read("etc/resolv.conf")).toBe("");
    expect(read("etc/hostname")).toBe("sandbox\n");
    expect(existsSync(join(root(), "etc/apt/sources.list"))).toBe(false);
    for (const empty of ["dev", "tmp", "var/cache/apt/archives", "var/lib/apt/lists", "etc/apt/sources.list.d"]) {
      expect([empty, readdirSync(join(root(), empty))]).toEqual([empty, []]);
    }
    const marks = ["-e", statePath(), "-e", "sandstack", "-e", "mmdebstrap"];
    const telling = execFileSync("sh", ["-c", 'grep -rlI "$@" etc var home root || true', "sh", ...marks], {
      cwd: root(),
    });
    expect(telling.toString()).toBe("");
    expect(execFileSync("find", [root(), "-newermt", "@1577836800"]).toString()).toBe("");
  });

  it("is made in memory where there is plenty: test/cli/stack-team.test.ts makes the same on a disk", () => {
    const log = readFileSync(join(root(), "../build.log"), "utf8");
    expect(log).toMatch(freemem() > 4 * 2 ** 30 ? /made in \d+ MiB of memory/ : /made/);
  });

  it("keeps its log", () => {
    expect(readFileSync(join(root(), "../build.log"), "utf8")).toContain("Setting up python3-minimal");
  });
});

describe("what cannot be built", () => {
  it.each<[string, ImageArgs, string, RegExp]>([
    ["an unknown suite", { from: { debian: "nosuch" } }, "INVALID_OPTION", /from\.debian: "nosuch" is not a suite of/],
    ["a suite with a strange name", { from: { debian: "../x" } }, "INVALID_OPTION", /from\.debian: "\.\.\/x"/],
    [
      "an unknown package",
      { from, packages: ["nosuch-package"] },
      "INVALID_OPTION",
      /packages: "nosuch-package" is not a package/,
    ],
    ["an option for a package", { from, packages: ["--reinstall"] }, "INVALID_OPTION", /packages: "--reinstall"/],
    [
      "a mirror that is no address",
      { from: { debian: suite, mirror: "/srv" } },
      "INVALID_OPTION",
      /from\.mirror: "\/srv"/,
    ],
    [
      "a mirror with a password, which would get into the image",
      { from: { debian: suite, mirror: "http://me:secret@a/debian" } },
      "INVALID_OPTION",
      /from\.mirror/,
    ],
    [
      "a mirror that does not answer",
      { from: { debian: suite, mirror: "http://127.0.0.1:9/debian" } },
      "BUILD_FAILED",
      /127\.0\.0\.1:9.*onnect/,
    ],
  ])("%s is named, and nothing is left", async (_, args, code, message) => {
    const content = storeContent();
    await rejected(args, code, message);
    expect(storeContent()).toEqual(content);
  });

  it("comes from a mirror that has nothing", async () => {
    await using mirror = await startMirror(() => Promise.resolve(undefined));
    await rejected({ from: { debian: suite, mirror: mirror.address } }, "INVALID_OPTION", /is not a suite of/);
  });

  it("comes from a mirror whose lists nobody signed", async () => {
    await using mirror = await startMirror((path) =>
      Promise.resolve(path.endsWith("Release") ? Buffer.from(`Origin: Debian\nCodename: ${suite}\n`) : undefined),
    );
    await rejected({ from: { debian: suite, mirror: mirror.address } }, "BUILD_FAILED", /sign/);
    expect(storeContent().unfinished).toEqual([]);
  });

  it("comes from a mirror that answers with a login page, or sends one round in circles", async () => {
    await using hotel = await startMirror(() => Promise.resolve(Buffer.from("<html>Welcome to the hotel</html>")));
    await rejected({ from: { debian: suite, mirror: hotel.address } }, "BUILD_FAILED", /is no release file/);
    await using circle = await startMirror((path) => Promise.resolve(redirect(`/debian/${path}`)));
    await rejected({ from: { debian: suite, mirror: circle.address } }, "BUILD_FAILED", /Redirection loop/);
  });
});

const redirect = (location: string) => (response: ServerResponse) => void response.writeHead(302, { location }).end();

describe("a mirror that has signed lists, but of one package", () => {
  let lie: Answer;
  let mirror: Awaited<ReturnType<typeof startMirror>>;
  let deb: string;
  beforeAll(async () => {
    const { packages } = (await buildLocked(defaultImage())).lock.layers[0]?.pins as DebianPins;
    const adduser = packages.find(({ name }) => name === "adduser") as PinnedDeb;
    deb = statePath("images/debs", adduser.sha256);
    mirror = await startMirror((path, real) => (path === adduser.path ? lie(path, real) : real()));
  });
  afterAll(() => mirror[Symbol.asyncDispose]());

  it.each<[string, Answer, string, RegExp]>([
    [
      "a login page",
      () => Promise.resolve(Buffer.from("<html>Welcome to the hotel</html>")),
      "BUILD_FAILED",
      /something else than its lists promise/,
    ],
    [
      "other bytes of the same length",
      async (_, real) => (await real())?.fill(0),
      "BUILD_FAILED",
      /something else than its lists promise: Hash Sum mismatch/,
    ],
    [
      "one half, and then breaks off",
      async (_, real) => {
        const all = (await real()) as Buffer;
        return (response) => {
          response.writeHead(200, { "content-length": all.length });
          response.write(all.subarray(0, all.length / 2), () => response.destroy());
        };
      },
      "BUILD_FAILED",
      /something else than its lists promise/,
    ],
    [
      "a redirection to itself",
      (path) => Promise.resolve(redirect(`/debian/${path}`)),
      "BUILD_FAILED",
      /Redirection loop/,
    ],
    [
      "nothing any more",
      () => Promise.resolve(undefined),
      "NOT_FOUND",
      /adduser \S+ cannot be had from http:\S+ any more/,
    ],
  ])(
    "gives %s: it says so, and takes nothing of it",
    async (_, answer, code, message) => {
      lie = answer;
      rmSync(deb, { force: true });
      await rejected({ from: { debian: suite, mirror: mirror.address } }, code, message);
      expect(storeContent().unfinished).toEqual([]);
      expect(existsSync(deb)).toBe(false);
    },
    TIMEOUT,
  );
});

describe("a build that was cut off among the packages", () => {
  const packages = ["hello"];
  /** Processes whose root or arguments are in the store, mounts in it. */
  const left = () => {
    const store = statePath("images/tmp");
    const processes = readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && worksIn(pid, store));
    const mounts = readFileSync("/proc/self/mountinfo", "utf8")
      .split("\n")
      .filter((line) => line.includes(store));
    return [...processes, ...mounts];
  };

  it(
    "by kill -9 leaves no process and no mount; its files go with the next cleaning",
    async () => {
      const builder = startBuilder({ from, packages });
      await builder.reached("installing packages");
      expect(left()).not.toEqual([]);
      builder.child.kill("SIGKILL");
      await builder.ended;
      await until("its processes are gone", 10_000, () => left().length === 0);
      expect(storeContent().unfinished).toHaveLength(1);
      await cleanImageBuilds();
      expect(storeContent().unfinished).toEqual([]);
    },
    TIMEOUT,
  );

  it(
    "by its signal has left nothing when it says so",
    async () => {
      const abort = new AbortController();
      const onProgress = ({ step }: BuildProgress) => step === "installing packages" && abort.abort();
      const building = buildImage({ from, packages }, { signal: abort.signal, onProgress });
      await expect(building).rejects.toMatchObject({ code: "ABORTED" });
      expect(left()).toEqual([]);
      expect(storeContent().unfinished).toEqual([]);
    },
    TIMEOUT,
  );
});

function worksIn(pid: string, store: string): boolean {
  try {
    return [readFileSync(`/proc/${pid}/cmdline`, "utf8"), readlinkSync(`/proc/${pid}/root`)].join().includes(store);
  } catch {
    return false;
  }
}
