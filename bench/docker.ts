import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Sandbox } from "../runtime";
import { seccompProfile } from "../src/model/docker/seccomp-profile";
import { buildImage, defaultImage } from "../src/images";
import { DockerEngine } from "../test/support/docker/engine";
import { type Contender, interleave, timed } from "./measure";
import { program } from "./peers";
import { compare, type Row } from "./row";

const ROUNDS = { exec: 100, create: 20, copy: 5 };
/** Of the peer's time: a 25th, a tenth more, two thirds. */
const GOALS = { exec: 1 / 25, create: 1.1, copy: 1 / 1.5 };
const RUN = "docker run, the same options";
const COPIED_BYTES = 256 << 20;

/** Sandboxes of an engine of its own, against Docker's client with the same engine, image and options. */
export async function benchDocker(): Promise<Row[]> {
  const { digest } = await buildImage(defaultImage());
  await using engine = await DockerEngine.start();
  const usual = process.env["DOCKER_HOST"];
  process.env["DOCKER_HOST"] = `unix://${engine.socket}`;
  const folder = mkdtempSync(join(tmpdir(), "sandstack-bench-"));
  try {
    await using sandbox = await Sandbox.create({ tier: "docker", image: digest, ttl: "30m" });
    const scene = { sandbox, digest, folder, image: `sandstack:${digest.slice(7, 19)}` };
    return [...(await benchExec(scene)), ...(await benchCreate(scene)), ...(await benchCopy(scene))];
  } finally {
    if (usual === undefined) delete process.env["DOCKER_HOST"];
    else process.env["DOCKER_HOST"] = usual;
    rmSync(folder, { recursive: true });
  }
}

interface Scene {
  sandbox: Sandbox;
  digest: string;
  /** What the engine calls the image. */
  image: string;
  folder: string;
}

const containerOf = ({ sandboxId }: Sandbox) => `sandstack-${sandboxId}`;

async function benchExec({ sandbox }: Scene): Promise<Row[]> {
  const ours = {
    name: 'docker: commands.run(["true"])',
    sample: () => timed(() => sandbox.commands.run(["true"])),
  };
  const peer = program("docker exec true", "docker", ["exec", containerOf(sandbox), "true"]);
  const timings = await interleave([ours, peer], ROUNDS.exec);
  return compare(timings, { [ours.name]: { peer: peer.name, goal: GOALS.exec } });
}

async function benchCreate(scene: Scene): Promise<Row[]> {
  const ours: Contender = {
    name: "docker: create to first byte",
    async sample() {
      const began = performance.now();
      let took = Number.NaN;
      const sandbox = await Sandbox.create({ tier: "docker", image: scene.digest });
      await sandbox.commands.run(["echo", "x"], { onStdout: () => void (took = performance.now() - began) });
      await sandbox.kill();
      return took;
    },
  };
  const peer = dockerRun(scene);
  const timings = await interleave([ours, peer], ROUNDS.create);
  return compare(timings, { [ours.name]: { peer: peer.name, goal: GOALS.create } });
}

/** With the options that ours have; what it made is removed outside the time that counts. */
function dockerRun({ image, folder }: Scene): Contender {
  const profile = join(folder, "seccomp.json");
  writeFileSync(profile, seccompProfile());
  let count = 0;
  return {
    name: RUN,
    async sample() {
      const name = `peer-${++count}`;
      const volumes = ["/home/agent", "/tmp", "/var/tmp"].map((place, i) => [`${name}-${i}`, place] as const);
      const args = [
        ...["run", "--name", name, "--network=none", "--read-only", "--cap-drop=ALL", "--ipc=private"],
        ...["--security-opt=no-new-privileges", `--security-opt=seccomp=${profile}`, "--ulimit=core=0"],
        ...["--memory=1g", "--memory-swap=1g", "--pids-limit=544", "--tmpfs=/run:rw,nosuid,nodev,mode=755,size=16m"],
        ...volumes.map(([volume, place]) => `--volume=${volume}:${place}`),
      ];
      const took = await program(RUN, "docker", [...args, image, "echo", "x"]).sample();
      execFileSync("docker", ["rm", "--force", name], { stdio: "ignore" });
      execFileSync("docker", ["volume", "rm", ...volumes.map(([volume]) => volume)], { stdio: "ignore" });
      return took;
    },
  };
}

async function benchCopy({ sandbox, folder }: Scene): Promise<Row[]> {
  const file = join(folder, "large");
  writeFileSync(file, Buffer.alloc(COPIED_BYTES, "sandstack!"));
  const [inside, peerName] = ["/home/agent/large", "docker cp of 256 MiB"];
  const remove = () => sandbox.commands.run(["rm", "-f", inside]);
  const ours: Contender = {
    name: "docker: files.copyIn of 256 MiB",
    async sample() {
      const took = await timed(() => sandbox.files.copyIn(file, inside));
      await remove();
      return took;
    },
  };
  const peer: Contender = {
    name: peerName,
    async sample() {
      const took = await program(peerName, "docker", ["cp", file, `${containerOf(sandbox)}:${inside}`]).sample();
      await remove();
      return took;
    },
  };
  const timings = await interleave([ours, peer], ROUNDS.copy);
  return compare(timings, { [ours.name]: { peer: peer.name, goal: GOALS.copy } });
}
