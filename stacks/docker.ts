import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { SandboxHost, SandboxImage, SandboxInstance, SandboxSnapshot } from "sandstack";

const config = new pulumi.Config("sandboxes");

// The engine that DOCKER_HOST names, or `sandstack config set host tcp://build-7:2376`.
const host = new SandboxHost("lab", {
  tier: "docker",
  docker: { host: config.get("host"), runtime: config.get("runtime") },
});

// The same image as on the tiers of this machine: built once, and handed to the engine.
const image = new SandboxImage("python", {
  host,
  from: { debian: config.get("suite") ?? machineSuite() },
  packages: ["python3-minimal"],
  files: { "/opt/agent": "stacks/agent" },
});

// For interactive work: `sandstack exec agent -- python3 -V`, or Sandbox.connect() with the output below.
const agent = new SandboxInstance("agent", {
  host,
  image,
  ttl: config.get("ttl") ?? "15m",
  limits: { cpus: 1, memory: "512MiB", processes: 128 },
});

// Its files as they were at first, to roll back to.
const fresh = new SandboxSnapshot("fresh", { instance: agent, description: "as it was made" });

// Works through one task and ends with it; `sandstack logs` shows what it said.
const report = new SandboxInstance("report", {
  host,
  image,
  ttl: "5m",
  task: ["python3", "/opt/agent/main.py", "/opt/agent/task.json"],
});

export const sandbox = agent.connection;
export const snapshot = fresh.id;
export const task = report.connection;

/** The suite of this machine, whose packages are at hand. */
function machineSuite(): string {
  return /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "bookworm";
}
