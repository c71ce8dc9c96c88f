import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach } from "vitest";
import type { EngineEvent } from "../../src/engine";
import { defaultImage } from "../../src/images";
import { listSandboxes } from "../../src/tiers";
import { sandstack, start, type Ended, type Started } from "./cli";

export const PASSPHRASE = "correct horse";

const scenes: Project[] = [];

/** To be called after what looks for leaks: what a test has declared goes before that looks. */
export function destroyAfterEach(): void {
  afterEach(async () => {
    for (const scene of scenes.splice(0)) await scene.remove();
  });
}

const { from, packages } = defaultImage();

/** A program with a host, an image and an instance, which config changes. */
export const AGENT = `
import * as pulumi from "@pulumi/pulumi";
import { SandboxHost, SandboxImage, SandboxInstance } from "sandstack";
const config = new pulumi.Config();
const host = new SandboxHost("lab", { tier: "chroot" });
const note = config.get("note");
const files = note === undefined ? {} : { "/note": new pulumi.asset.StringAsset(note) };
const image = new SandboxImage("python", { host, ...${JSON.stringify({ from, packages })}, files });
export let sandbox: unknown;
if (config.get("agent") !== "none") {
  const limits = { memory: config.get("memory") ?? "128MiB", processes: 64 };
  const agent = new SandboxInstance("agent", { host, image, limits, ttl: config.get("ttl") ?? "2m", task: config.get("task") });
  sandbox = agent.connection;
}
`;

/** A project of a user's, outside of this repository, that has the package and the SDK in its node_modules. */
export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), "sandstack-project-"));
  env: NodeJS.ProcessEnv = { PULUMI_CONFIG_PASSPHRASE: PASSPHRASE, PULUMI_HOME: join(this.folder, "home") };

  constructor(program: string = AGENT) {
    mkdirSync(join(this.folder, "node_modules"));
    symlinkSync(resolve("."), join(this.folder, "node_modules/sandstack"));
    symlinkSync(resolve("node_modules/@pulumi"), join(this.folder, "node_modules/@pulumi"));
    this.write(
      "Pulumi.yaml",
      "name: lab\nruntime: nodejs\nmain: index.ts\nbackend:\n  url: file://.\noptions:\n  refresh: always\n",
    );
    this.write("index.ts", program);
    scenes.push(this);
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), "utf8");
  }

  run(...args: string[]): Promise<Ended> {
    return sandstack(args, { cwd: this.folder, env: this.env });
  }

  /** What it printed. @throws where it failed */
  async say(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...args);
    if (code !== 0) throw new Error(`sandstack ${args.join(" ")}: exit code ${code}: ${stdout}${stderr}`);
    return stdout;
  }

  start(...args: string[]): Started {
    return start(args, { cwd: this.folder, env: { ...process.env, ...this.env } });
  }

  async set(key: string, value: string): Promise<void> {
    await this.say("config", "set", key, value);
  }

  async events(...args: string[]): Promise<EngineEvent[]> {
    const lines = (await this.say(...args, "--json")).trimEnd().split("\n");
    return lines.map((line) => JSON.parse(line) as EngineEvent);
  }

  /** How many steps of each kind an operation took or would take. */
  async changes(...args: string[]): Promise<Record<string, number>> {
    const summary = (await this.events(...args)).find(({ event }) => event === "summary");
    return (summary as Extract<EngineEvent, { event: "summary" }>).changes;
  }

  /** What the state has of a type and name. */
  id(type: string, name = "agent"): string | undefined {
    const { checkpoint } = JSON.parse(this.read(".pulumi/stacks/lab/local.json")) as {
      checkpoint: { latest: { resources?: { urn: string; type: string; id?: string }[] } };
    };
    const { resources = [] } = checkpoint.latest;
    return resources.find((one) => one.type === type && one.urn.endsWith(`::${name}`))?.id;
  }

  get sandbox(): string {
    return this.id("sandstack:local:Instance") ?? this.id("sandstack:docker:Instance") ?? "";
  }
  get owner(): string {
    return this.id("sandstack:index:Owner", "lab") ?? "";
  }

  async remove(): Promise<void> {
    this.env = { ...this.env, PULUMI_CONFIG_PASSPHRASE: PASSPHRASE };
    await this.run("destroy", "--yes");
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Ids of sandboxes that run on this machine. */
export function running(): string[] {
  return listSandboxes().sandboxes.flatMap(({ id, state }) => (state === "running" ? id : []));
}
