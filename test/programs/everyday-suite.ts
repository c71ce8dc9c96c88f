import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Sandbox } from "../../runtime";
import { buildImage, defaultImage } from "../../src/images";
import { imageReference } from "../../src/model/docker/names";
import { useEngine } from "../docker/use-engine";
import type { Program } from "./everyday";

/** How a program went. */
interface Run {
  stdout: string;
  stderr: string;
  exitCode: number | null;
}

const LIMITS = { memory: "512MiB", cpus: 0.5, processes: 256 };
const PLAIN = ["--memory=512m", "--memory-swap=512m", "--cpus=0.5", "--pids-limit=256", "--network=none", "--init"];
/** The environment that every command of a sandbox has. */
const ENVIRONMENT = ["HOME=/home/agent", "USER=agent", "LOGNAME=agent", "SHELL=/bin/bash", "LANG=C.UTF-8", "TERM=dumb"];
const TIERS = ["nspawn", "docker", "chroot"] as const;
type EverydayTier = (typeof TIERS)[number];

/** The pages that say what is not as in a container, tier by tier. */
export const TABLES = {
  chroot: { page: "docs/local-tiers.md", heading: "Programs on chroot" },
  docker: { page: "docs/docker.md", heading: "Programs that want a name for the user" },
} as const;

/** Rows of a page's table below a heading: the first two columns, without their marks. */
export function rowsBelow(page: string, heading: string): Map<string, string> {
  const text = readFileSync(resolve(__dirname, "../..", page), "utf8");
  const part = text.slice(text.indexOf(`\n## ${heading}\n`)).split("\n## ")[1] ?? "";
  const rows = part.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| program |"));
  return new Map(
    rows.map((row) => row.split(" | ").map((cell) => cell.replaceAll(/^\| | \|$|`/g, "").trim()) as [string, string]),
  );
}

/**
 * Runs each in a sandbox of every tier, and in a plain container of a real engine with the same image and limits: what it
 * writes and how it ends is the same. Where a page says that it is not, that is so.
 */
export function everydayPrograms(programs: readonly Program[], packages: readonly string[], buildMs: number): void {
  const inUse = useEngine();
  const places = {} as Record<EverydayTier, Sandbox>;
  let container: string;
  const listed = (tier: EverydayTier) => {
    const table = tier === "nspawn" ? undefined : TABLES[tier];
    return table ? rowsBelow(table.page, table.heading) : new Map<string, string>();
  };
  const said = { nspawn: listed("nspawn"), docker: listed("docker"), chroot: listed("chroot") };

  beforeAll(async () => {
    const image = await buildImage({ ...defaultImage(), packages: [...packages] });
    for (const tier of TIERS)
      places[tier] = await Sandbox.create({ tier, image: image.digest, limits: LIMITS, ttl: "10m" });
    const env = ENVIRONMENT.map((variable) => `--env=${variable}`);
    const where = ["--user=agent", "--workdir=/home/agent", "--hostname=sandbox"];
    container = await inUse.docker(
      "run",
      "--detach",
      ...PLAIN,
      ...env,
      ...where,
      imageReference(image.digest),
      "sleep",
      "600",
    );
  }, buildMs);
  afterAll(async () => {
    for (const place of Object.values(places)) await place.kill();
    await inUse.docker("rm", "--force", container);
  });

  const inContainer = async (script: string): Promise<Run> => {
    const { code, stdout, stderr } = await inUse.engine.docker(["exec", container, "bash", "-lc", script]);
    const text = (latin1: string) => Buffer.from(latin1, "latin1").toString();
    return { stdout: text(stdout), stderr: text(stderr), exitCode: code };
  };
  const inSandbox = async (tier: EverydayTier, script: string): Promise<Run> => {
    const { stdout, stderr, exitCode } = await places[tier].commands.run(["bash", "-lc", script], { reject: false });
    return { stdout, stderr, exitCode };
  };

  describe.each(programs)("$name", ({ name, script }) => {
    let reference: Run;
    beforeAll(async () => {
      reference = await inContainer(script);
    });

    it.each(TIERS)("on %s is as in a container of Docker with the same limits, or as the docs say", async (tier) => {
      const run = await inSandbox(tier, script);
      const words = said[tier].get(name);
      if (words === undefined) expect(run).toEqual(reference);
      else expect(`${run.stdout}\n${run.stderr}`).toContain(words);
      if (words !== undefined) expect(run).not.toEqual(reference);
    });
  });
}
