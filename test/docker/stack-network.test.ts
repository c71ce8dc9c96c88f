import { expect, test } from "vitest";
import { Project } from "../cli/stack-scene";
import { boxOf, dockerStackScene, IMAGE } from "./stack-scene";

// Instances of one host on its internal network. What such a network keeps out is tried, with controls, in network.test.ts.

const scene = dockerStackScene();

const PROGRAM = `
import * as pulumi from "@pulumi/pulumi";
import { SandboxHost, SandboxImage, SandboxInstance } from "sandstack";
const config = new pulumi.Config();
const host = new SandboxHost("lab", { tier: "docker" });
const image = new SandboxImage("python", { host, ...${IMAGE} });
const limits = { memory: "128MiB", processes: 64 };
const later = config.get("later") === undefined ? "internal" as const : pulumi.output("internal" as const);
for (const name of ["server", "client"]) new SandboxInstance(name, { host, image, limits, ttl: "5m", network: later });
new SandboxInstance("alone", { host, image, limits, ttl: "5m" });
`;

const SERVER = `
import socket
server = socket.create_server(("", 8000))
server.accept()[0].sendall(b"hello")
`;
const CLIENT = `
import socket, sys
print(socket.create_connection((sys.argv[1], int(sys.argv[2])), 3).recv(9).decode())
`;

test("reach one another by name, nothing else, and leave no network", async () => {
  const project = new Project(PROGRAM);
  await project.say("up");
  const id = (name: string) => project.id("sandstack:docker:Instance", name) as string;
  const [server, network] = [boxOf(id("server")), `sandstack-${project.owner}`];
  const started = project.start("exec", "server", "--", "python3", "-c", SERVER);
  const ask = (who: string, ...to: string[]) => project.run("exec", who, "--", "python3", "-c", CLIENT, ...to);
  // It listens a moment after it was started.
  let answer = await ask("client", server, "8000");
  for (let left = 20; answer.code !== 0 && left > 0; left--) answer = await ask("client", server, "8000");
  expect(answer.stdout).toBe("hello\n");
  expect((await started.ended).code).toBe(0);

  const gateway = await scene.inspect(network, "(index .IPAM.Config 0).Gateway");
  for (const [who, ...to] of [
    ["client", gateway, "22"],
    ["client", scene.engine.address, "22"],
    ["client", "192.0.2.1", "80"],
    ["alone", server, "8000"],
  ] as const) {
    const { code, stderr } = await ask(who, ...to);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/unreachable|timed out|No route|resolution/)]);
  }
  expect(await project.changes("up")).toEqual({ same: 34 });
  const told = await project.say("destroy");
  expect(told).toMatch(/^ {4}left: nothing$/m);
  expect((await scene.contents()).filter((one) => one.startsWith("network sandstack"))).toEqual([]);
});

test("is refused where it is known only later, for it is declared", async () => {
  const project = new Project(PROGRAM);
  await project.set("later", "yes");
  const { code, stderr } = await project.run("up");
  expect(code).toBe(1);
  expect(stderr).toMatch(/network: "internal" is not there when the program runs, but later/);
});

test("gc keeps the network of a stack that is there", async () => {
  const project = new Project(PROGRAM);
  await project.say("up");
  await project.say("gc");
  expect(await project.changes("up")).toEqual({ same: 34 });
  expect(await project.say("gc", "--orphans")).not.toContain("network");
});
