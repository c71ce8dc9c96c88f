import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { SandboxHost, SandboxImage, SandboxInstance, SandboxSnapshot, type TierName } from "sandstack";

const config = new pulumi.Config("sandboxes");

// `sandstack config set tier chroot`, and all of this is made on the other tier of this machine.
const host = new SandboxHost("lab", { tier: config.get<TierName>("tier") ?? "nspawn" });

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
  // "root" may install packages, and is powerless outside; on nspawn.
  user: config.get("user"),
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
