import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import type { EngineOptions as Options } from "../../src/engine";
import { createDockerProvider } from "../../src/provider";
import { Scene } from "../engine/scene";
import { DockerEngine, type EngineOptions } from "../support/docker/engine";
import { withHello } from "./hello";

/** Without any provider but the one in question. */
export const STAND_IN = { providers: {}, standIns: { docker: createDockerProvider } };

/** An engine of a file's own with the image `hello:1`, and programs of @pulumi/docker against it. */
export class StandInScene {
  engine!: DockerEngine;
  /** Of the test that runs. */
  stack!: Scene;

  /** Makes the world as a program declares it, after a look at it. */
  up(program: () => unknown, more: Partial<Options> = {}) {
    return this.stack.up(program, {
      ...STAND_IN,
      project: this.stack.project({ refreshAlways: true }),
      ...more,
    });
  }

  destroy() {
    return this.stack.engine(() => undefined, STAND_IN).destroy();
  }

  /** Of the `docker` command. */
  async docker(...args: unknown[]): Promise<string> {
    const { code, stdout, stderr } = await this.engine.docker(args as string[]);
    if (code !== 0) throw new Error(`docker ${args.join(" ")}: ${stderr}`);
    return stdout.trim();
  }

  inspect(container: unknown, field: string): Promise<string> {
    return this.docker("container", "inspect", `--format={{.${field}}}`, container);
  }

  /** What was made in the engine: containers, volumes, and networks but its own. */
  async contents(): Promise<string[]> {
    const lists = await Promise.all([
      this.docker("container", "ls", "--all", "--format=container {{.Names}}"),
      this.docker("volume", "ls", "--format=volume {{.Name}}"),
      this.docker("network", "ls", "--filter=type=custom", "--format=network {{.Name}}"),
    ]);
    return lists.flatMap((list) => list.split("\n").filter(Boolean)).sort();
  }
}

/** Called at the top of a file. DOCKER_HOST is the engine; after each test there must be nothing in it. */
export function standInScene(options: EngineOptions = {}): StandInScene {
  const scene = new StandInScene();
  let usual: string | undefined;
  beforeAll(async () => {
    scene.engine = await DockerEngine.start(options);
    usual = process.env["DOCKER_HOST"];
    process.env["DOCKER_HOST"] = `unix://${scene.engine.socket}`;
    await withHello(scene.engine);
  }, 60_000);
  afterAll(async () => {
    if (usual === undefined) delete process.env["DOCKER_HOST"];
    else process.env["DOCKER_HOST"] = usual;
    await scene.engine[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    scene.stack = new Scene();
  });
  afterEach(async () => {
    const left = await scene.contents();
    // The next test is to find nothing of it.
    for (const [kind = "", name = ""] of left.map((line) => line.split(" "))) {
      await scene.docker(kind, "rm", ...(kind === "network" ? [] : ["--force"]), name);
    }
    if (left.length > 0) throw new Error(`left in the engine:\n  ${left.join("\n  ")}`);
  });
  return scene;
}

export interface Wish {
  memory?: number;
  label?: string;
  /** Anything else of the container. */
  more?: Partial<docker.ContainerArgs>;
  /** Of its resource. */
  options?: pulumi.CustomResourceOptions;
}

/** A program of a volume, and a container that stays and has it. */
export function boxWithData({ memory = 64, label = "one", more = {}, options }: Wish = {}) {
  return () => {
    const volume = new docker.Volume("data", { labels: [{ label: "of", value: "test" }] });
    const container = new docker.Container(
      "box",
      {
        image: "hello:1",
        command: ["/hello", "and stay"],
        networkMode: "none",
        memory,
        memorySwap: memory,
        labels: [{ label: "name", value: label }],
        mounts: [{ type: "volume", source: volume.name, target: "/data" }],
        capabilities: { adds: ["CAP_KILL"], drops: ["ALL"] },
        ...more,
      },
      options,
    );
    return { container: container.id, volume: volume.name, memory: container.memory };
  };
}
