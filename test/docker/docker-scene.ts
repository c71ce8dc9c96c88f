import { afterEach, beforeEach } from "vitest";
import { Sandbox, type SandboxOptions } from "../../runtime";
import { removeSandbox } from "../../src/tiers";
import type { EngineOptions } from "../support/docker/engine";
import { defaultTestImage } from "../support/default-image";
import { useEngine, type EngineInUse } from "./use-engine";

/** An engine of a test file's own, and sandboxes in it. */
export interface DockerScene extends EngineInUse {
  /** Made at the engine, of the image that users get, and removed after the test. */
  make(options?: SandboxOptions): Promise<Sandbox>;
  /** What the engine has, one line each: containers, volumes and networks. */
  contents(): Promise<string[]>;
}

/**
 * Called at the top of a file: the engine that DOCKER_HOST names is one of its own. After each test nothing may be in it
 * that was not there before, but the guest's volume and a reaper, which goes when it is idle.
 */
export function dockerScene(options: EngineOptions = {}): DockerScene {
  const inUse = useEngine(options);
  let before: string[];
  const made: string[] = [];
  const scene: DockerScene = {
    get engine() {
      return inUse.engine;
    },
    docker: (...args) => inUse.docker(...args),
    async make(more = {}) {
      const { digest } = await defaultTestImage();
      const files = more.snapshot === undefined ? { image: digest } : {};
      const limits = { memory: "256MiB", processes: 64 };
      const sandbox = await Sandbox.create({ tier: "docker", ttl: "2m", limits, ...files, ...more });
      made.push(sandbox.sandboxId);
      return sandbox;
    },
    async contents() {
      const lists = [
        ["container", "ls", "--all", "--format={{.Names}}"],
        ["volume", "ls", "--format={{.Name}}"],
        ["network", "ls", "--format={{.Name}}"],
      ];
      const found = await Promise.all(lists.map(async (args) => (await scene.docker(...args)).split("\n")));
      const named = found.flatMap((names, i) => names.filter(Boolean).map((name) => `${lists[i]?.[0]} ${name}`));
      return named.filter((name) => !/^(volume|container) sandstack-(guest|reaper)(-|$)/.test(name)).sort();
    },
  };
  beforeEach(async () => {
    before = await scene.contents();
  });
  afterEach(async () => {
    for (const id of made.splice(0)) await removeSandbox(id);
    const left = (await scene.contents()).filter((one) => !before.includes(one));
    if (left.length > 0) throw new Error(`left in the engine:\n  ${left.join("\n  ")}`);
  });
  return scene;
}
