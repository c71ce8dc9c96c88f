import { afterEach, beforeAll, beforeEach } from "vitest";
import { defaultImage, exportImage } from "../../src/images";
import { imageReference } from "../../src/model/docker/names";
import { tierFor } from "../../src/tiers";
import { defaultTestImage } from "../support/default-image";
import type { EngineOptions } from "../support/docker/engine";
import { useEngine, type EngineInUse } from "./use-engine";
import { defaultHost } from "../../src/model/docker/default-host";
import { engineAt } from "../../src/tiers/docker/engine";
import { ensureGuestImage } from "../../src/tiers/docker/guest-image";
import { destroyAfterEach } from "../cli/stack-scene";

const { from, packages } = defaultImage();
/** What an image is declared with, as text of a program. */
export const IMAGE = JSON.stringify({ from, packages });

/**
 * A program with a host of tier docker, an image, an instance and, where config says so, a snapshot of it, an instance
 * that begins from that, and a task.
 */
export const AGENT = `
import * as pulumi from "@pulumi/pulumi";
import { SandboxHost, SandboxImage, SandboxInstance, SandboxSnapshot } from "sandstack";
const config = new pulumi.Config();
const runtime = config.get("runtime");
const tier = config.get("later") === undefined ? "docker" : pulumi.output("docker" as const);
const host = new SandboxHost("lab", { tier, ...(tier === "docker" && { docker: { runtime } }) });
const image = new SandboxImage("python", { host, ...${IMAGE} });
const limits = {
  memory: config.get("memory") ?? "128MiB",
  processes: config.getNumber("processes") ?? 64,
  cpus: config.getNumber("cpus"),
  disk: config.get("disk"),
};
const env = { MODE: config.get("mode") ?? "test" };
const token = config.getSecret("token");
const agent = new SandboxInstance("agent", {
  host, image, limits, env,
  ttl: config.get("ttl") ?? "5m",
  user: config.get("user"),
  network: config.get("network") as never,
  secrets: token && { TOKEN: token },
});
if (config.get("task") !== undefined) new SandboxInstance("task", { host, image, ttl: "2m", task: config.get("task") });
if (config.get("snapshot") !== undefined) {
  const snapshot = new SandboxSnapshot("kept", { instance: agent });
  new SandboxInstance("second", { host, snapshot, limits, ttl: "2m" });
}
export const sandbox = agent.connection;
`;

export interface DockerStackScene extends EngineInUse {
  /** All that the engine has: containers, volumes, networks and images, one line each. */
  contents(): Promise<string[]>;
  /** Of a container: what `docker inspect` shows of a field. */
  inspect(container: string, field: string): Promise<string>;
}

const LISTS = [
  ["container", "ls", "--all", "--format={{.Names}}"],
  ["volume", "ls", "--format={{.Name}}"],
  ["network", "ls", "--format={{.Name}}"],
  ["image", "ls", "--all", "--format={{.Repository}}:{{.Tag}} {{.ID}}"],
];

interface SceneOptions extends EngineOptions {
  /** A container of it keeps the image in the engine, so that it need not be brought for each test. Default true. */
  keepsImage?: boolean;
}

/**
 * Called at the top of a file: an engine of its own, which DOCKER_HOST names. Projects of a test are destroyed after it,
 * and then the engine has what it had before.
 */
export function dockerStackScene({ keepsImage = true, ...options }: SceneOptions = {}): DockerStackScene {
  const inUse = useEngine(options);
  let before: string[] = [];
  const scene: DockerStackScene = {
    get engine() {
      return inUse.engine;
    },
    docker: (...args) => inUse.docker(...args),
    async contents() {
      const lists = await Promise.all(LISTS.map(async (args) => (await scene.docker(...args)).split("\n")));
      return lists.flatMap((names, i) => names.filter(Boolean).map((name) => `${LISTS[i]?.[0]} ${name}`)).sort();
    },
    inspect: (container, field) => scene.docker("inspect", `--format={{${field}}}`, container),
  };
  beforeAll(async () => {
    if (!keepsImage) return;
    const { digest } = await defaultTestImage();
    await tierFor("docker").bringImage?.(digest, { exportImage });
    await scene.docker("create", "--name=keeper", imageReference(digest), "true");
    await scene.docker("image", "rm", await ensureGuestImage(await engineAt(defaultHost())));
  }, 120_000);
  beforeEach(async () => {
    before = await scene.contents();
  });
  afterEach(async () => {
    const left = (await scene.contents()).filter((one) => !before.includes(one));
    if (left.length > 0) throw new Error(`left in the engine:\n  ${left.join("\n  ")}`);
  });
  destroyAfterEach();
  return scene;
}

/** The container of a sandbox. */
export const boxOf = (sandbox: string) => `sandstack-${sandbox}`;
