import { afterAll, beforeAll } from "vitest";
import { defaultTestImage } from "../support/default-image";
import { DockerEngine, type EngineOptions } from "../support/docker/engine";

export interface EngineInUse {
  readonly engine: DockerEngine;
  /** Of the `docker` command. */
  docker(...args: string[]): Promise<string>;
}

/** Which say where an engine is. */
const VARIABLES = ["DOCKER_HOST", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"];

/** Called at the top of a file: an engine of its own, which the environment names, and the image that users get. */
export function useEngine(options: EngineOptions = {}): EngineInUse {
  let engine: DockerEngine;
  const usual: Record<string, string | undefined> = {};
  beforeAll(async () => {
    engine = await DockerEngine.start(options);
    for (const name of VARIABLES) usual[name] = process.env[name];
    Object.assign(process.env, options.tls ? engine.remote : { DOCKER_HOST: `unix://${engine.socket}` });
    await defaultTestImage();
  }, 120_000);
  afterAll(async () => {
    for (const name of VARIABLES) {
      if (usual[name] === undefined) delete process.env[name];
      else process.env[name] = usual[name];
    }
    await engine[Symbol.asyncDispose]();
  });
  return {
    get engine() {
      return engine;
    },
    async docker(...args) {
      const { code, stdout, stderr } = await engine.docker(args);
      if (code !== 0) throw new Error(`docker ${args.join(" ")}: ${stderr}`);
      return stdout.trim();
    },
  };
}
