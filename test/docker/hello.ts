import { execFileSync } from "node:child_process";
import { dirname, resolve } from "node:path";
import type { DockerEngine } from "../support/docker/engine";
import { compileProbe } from "../support/probe";

/** Gives an engine the image `hello:1`: one static program, `/hello`, which with any argument stays. */
export async function withHello(engine: DockerEngine): Promise<void> {
  const program = compileProbe(resolve("test/docker/hello.c"));
  const archive = execFileSync("tar", ["-c", "-C", dirname(program), "hello"]);
  const { code, stderr } = await engine.docker(["import", "-", "hello:1"], archive);
  if (code !== 0) throw new Error(`docker import: ${stderr}`);
}
