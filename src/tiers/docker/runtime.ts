import { SandstackError } from "../../model/error";
import type { Engine } from "./engine";

/** @throws SandstackError UNSUPPORTED naming the runtimes that an engine has */
export function requireRuntime({ host, runtimes }: Engine, runtime: string | undefined): void {
  if (runtime === undefined || runtimes.includes(runtime)) return;
  throw new SandstackError(
    "UNSUPPORTED",
    `docker.runtime: the engine at ${host} has no runtime ${JSON.stringify(runtime)}.`,
    { hint: `It has ${[...runtimes].sort().join(", ")}; another one is named in its daemon.json.` },
  );
}
