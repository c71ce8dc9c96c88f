import { DockerEngine } from "../support/docker/engine";
import { withHello } from "./hello";

// A process that has an engine with a container in it, says so, and is killed.

void (async () => {
  const engine = await DockerEngine.start();
  await withHello(engine);
  const { code } = await engine.docker(["run", "--detach", "hello:1", "/hello", "and stay"]);
  process.stdout.write(`running ${code}\n`);
})();
