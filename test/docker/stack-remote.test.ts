import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Project } from "../cli/stack-scene";
import { AGENT, boxOf, dockerStackScene } from "./stack-scene";

// A stack on an engine that is reached by TCP with TLS alone, in a network namespace of its own: through the wire only. After it the engine has no image more
// than before, either.
// Not proven: ssh://, and an engine whose files this machine could not see if it looked.

const scene = dockerStackScene({ tls: true, keepsImage: false });

test("a stack is made there, used, kept, and destroyed", async () => {
  const project = new Project(AGENT);
  await project.say("up");
  const { sandbox } = project;
  const { address } = JSON.parse(await project.say("stack", "output", "sandbox")) as { address: unknown };
  expect(address).toEqual({ kind: "docker", host: `tcp://${scene.engine.address}:2376`, container: boxOf(sandbox) });
  const run = await project.run("exec", "agent", "--", "sh", "-c", "echo out; echo err >&2; exit 7");
  expect(run).toMatchObject({ code: 7, stdout: "out\n", stderr: "err\n" });
  const file = join(project.folder, "large");
  writeFileSync(file, Buffer.alloc(3 << 20, "0123456789abcdef!"));
  await project.say("cp", file, "agent:/home/agent/large");
  const snapshot = (await project.say("snapshot", "create", "agent")).trim();
  await project.say("exec", "agent", "--", "rm", "large");
  await project.say("rollback", "agent", snapshot);
  expect(await project.say("exec", "agent", "--", "sh", "-c", "wc -c < large")).toBe(`${3 << 20}\n`);
  await project.set("ttl", "20m");
  expect(await project.changes("up")).toEqual({ same: 14, update: 1 });
  expect(await project.changes("up")).toEqual({ same: 15 });
  expect(await project.say("destroy")).toMatch(/^ {4}left: nothing$/m);
});
