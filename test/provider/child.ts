import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { sleep } from "../support/until";
import type { State } from "../unit/provider/calls";

/** Runs in the child: one call of the compiled provider, with what stdin says. */
const PROGRAM = `
const { createProvider } = require(${JSON.stringify(resolve("dist/src/provider/index.js"))});
const messages = require("@pulumi/pulumi/proto/provider_pb");
const { writeProperties } = require(${JSON.stringify(resolve("dist/src/provider/values.js"))});
// Loaded before, so that the moments of a kill are all in the work.
require(${JSON.stringify(resolve("dist/src/provider/kinds/instance.js"))});
require(${JSON.stringify(resolve("dist/src/provider/kinds/instance-make.js"))});
require(${JSON.stringify(resolve("dist/src/images/index.js"))});
const { method, urn, id, inputs } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const request = method === "create" ? new messages.CreateRequest() : new messages.DeleteRequest();
request.setUrn(urn);
if (method === "create") request.setProperties(writeProperties(inputs));
else request.setId(id);
process.stdout.write("begin\\n");
createProvider({ log: () => {} })[method]({ request }, (error) => process.stdout.write((error?.details ?? "end") + "\\n"));
`;

/** A process of its own that makes or removes an instance; after `ms` of that it is killed, unless it was quicker. */
export async function killedAfter(
  ms: number,
  method: "create" | "delete",
  urn: string,
  { id, inputs }: Pick<State, "id" | "inputs">,
): Promise<void> {
  const child = spawn(process.execPath, ["-e", PROGRAM], { stdio: ["pipe", "pipe", "inherit"] });
  const closed = once(child, "close");
  child.stdin.end(JSON.stringify({ method, urn, id, inputs }));
  await once(child.stdout, "data");
  await sleep(ms);
  child.kill("SIGKILL");
  await closed;
}
