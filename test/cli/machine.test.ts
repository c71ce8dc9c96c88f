import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { newRunOwner, newSandboxId } from "../../src/model/id";
import { statePath } from "../../src/model/state-dir";
import { OVERDUE_MS } from "../../src/tiers/ledger/fate";
import { findParts } from "../faults/parts";
import { leakCheckEachTest } from "../support/leak-check";
import { until } from "../support/until";
import { sandstack, sandstackJson } from "./cli";

// gc and doctor: what concerns the machine rather than one sandbox. Not proven: each kind of leftover (test/tiers/gc.test.ts).

leakCheckEachTest();

const UNIFIED =
  ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"].find((path) => existsSync(join(path, "cgroup.procs"))) ?? "";

/** An empty cgroup with our marks, as a sandbox whose record is lost leaves it. */
function plantCgroup(deadline: number): { id: string; path: string } {
  const id = newSandboxId();
  const path = join(UNIFIED, "sandstack", `${id},${newRunOwner()},${deadline - 1_000},${deadline}`);
  mkdirSync(path, { recursive: true });
  return { id, path };
}

describe("gc", () => {
  test("says what it would remove, removes it, and then there is nothing", async () => {
    const overdue = plantCgroup(Date.now() - 10_000);
    const orphans = await sandstackJson(["gc", "--orphans"]);
    expect(orphans).toMatchObject({ objectsWithoutRecord: [{ kind: "cgroup", sandbox: overdue.id }], problems: [] });
    expect((await sandstack(["gc", "--orphans"])).stdout).toMatch(/object without record\n1 orphans\n$/);
    const dry = await sandstack(["gc", "--dry-run"]);
    expect([dry.code, dry.stdout]).toEqual([0, expect.stringMatching(/^KIND [^]*cgroup .*\n1 would be removed\n$/)]);
    expect(existsSync(overdue.path)).toBe(true);
    expect(await sandstackJson(["gc"])).toMatchObject({
      dryRun: false,
      removed: [{ sandbox: overdue.id }],
      problems: [],
    });
    expect(existsSync(overdue.path)).toBe(false);
    expect(await sandstack(["gc"])).toMatchObject({ code: 0, stdout: "There is nothing to remove.\n", stderr: "" });
  });

  test("leaves alone what is not overdue", async () => {
    const deadline = Date.now() + 4_000;
    const early = plantCgroup(deadline);
    expect(await sandstackJson(["gc"])).toMatchObject({ removed: [] });
    expect(existsSync(early.path)).toBe(true);
    await until("it is overdue", 10_000, () => Date.now() > deadline + OVERDUE_MS);
    expect(await sandstackJson(["gc"])).toMatchObject({ removed: [{ sandbox: early.id }] });
  });

  test("ends what is left of a sandbox whose keeper was killed", async () => {
    const { stdout } = await sandstack(["create", "--tier", "chroot", "--ttl", "60s"]);
    const id = stdout.trim();
    process.kill(findParts(id).keeper as number, "SIGKILL");
    expect((await sandstack(["ls"])).stdout).toMatch(new RegExp(`${id} .*dead`));
    await sandstack(["gc"]);
    expect(await sandstackJson(["ls"])).toEqual([]);
    expect(await sandstackJson(["logs", id])).toMatchObject({ how: "lost" });
  });

  test("removes an image build that was cut off", async () => {
    const left = statePath("images", "tmp", "1-1-0123456789abcdef");
    mkdirSync(left, { recursive: true });
    expect(await sandstackJson(["gc", "--dry-run"])).toMatchObject({ imageBuilds: [left] });
    expect(await sandstackJson(["gc"])).toMatchObject({ imageBuilds: [left] });
    expect(readdirSync(statePath("images", "tmp"))).toEqual([]);
  });
});

/** The machine that runs these tests may have an engine or not. */
const NO_ENGINE = { DOCKER_HOST: "unix:///nowhere" };

describe("doctor", () => {
  test("finds all there on a machine that runs these tests", async () => {
    const { code, stdout, stderr } = await sandstack(["doctor"], { env: NO_ENGINE });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(
      [
        ...["Sandboxes", "  chroot  ready", "  nspawn  ready", "  docker  not ready"],
        "    needs a Docker engine: docker.host: no Docker engine answers at unix:///nowhere (ENOENT).",
        "      Start it, or say where it is: docker.host, or DOCKER_HOST in the environment.",
        ...["Images", "  debian  ready", "  oci     ready", "  python  ready", "  npm     ready", ""],
      ].join("\n"),
    );
  });

  test("names what is missing and how to get it; one tier is enough", async () => {
    const { code, stdout } = await sandstack(["doctor", "--json"], { env: { PATH: "/nowhere", ...NO_ENGINE } });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      tiers: [
        { name: "chroot", ready: true, missing: [] },
        {
          name: "nspawn",
          ready: false,
          missing: [{ what: "systemd-nspawn", how: "sudo apt-get install systemd-container" }],
        },
        { name: "docker", ready: false, missing: [{ what: "a Docker engine" }] },
      ],
    });
  });
});
