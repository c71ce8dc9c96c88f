import { SandstackError } from "../../model/error";
import type { EngineEvent, EngineOptions, OperationResult } from "../../engine";
import { captureOutput } from "../display/capture";
import { createDisplay } from "../display/display";
import type { OperationValues } from "../options/stack";
import type { Context } from "../program";
import { findTarget, type Target } from "./open";
import { passphraseFor } from "./passphrase";

type Operation = "preview" | "up" | "refresh" | "destroy";

/** A stack and what opens it. */
export interface Prepared extends Target {
  passphrase: string | undefined;
}

/** What is to be done with it. */
export interface Order {
  operation: Operation;
  /** Say what would be done, and do nothing. */
  dryRun?: boolean;
  values: OperationValues;
}

export async function prepare(values: { stack?: string }): Promise<Prepared> {
  const target = findTarget(values);
  return { ...target, passphrase: await passphraseFor(target.project, target.stack) };
}

/** Runs the engine on a stack, and shows what it does. @throws SandstackError what the engine ends with */
export async function operate(on: Prepared, order: Order, context: Context): Promise<OperationResult> {
  const { project, stack, passphrase } = on;
  const { values } = order;
  requireSdk();
  // An environment variable, so that it reaches the provider under the Pulumi CLI, too.
  if (values.frozen) process.env["SANDSTACK_FROZEN"] = "1";
  const [{ Engine }, { createDockerProvider, createProvider }] = await Promise.all([
    import("../../engine/index.js"),
    import("../../provider/index.js"),
  ]);
  const display = createDisplay(values);
  const release = captureOutput((line) => display.printed(line));
  context.endsProcess = true;
  const options: EngineOptions = {
    project,
    stack,
    passphrase,
    providers: { sandstack: createProvider },
    standIns: { docker: createDockerProvider },
    events: (event: EngineEvent) => display.event(event),
    parallel: values.parallel,
    message: values.message,
    signal: context.signal,
  };
  try {
    const result = await start(new Engine(options), order);
    release();
    display.end();
    return result;
  } catch (error) {
    release();
    const told = ofProgram(SandstackError.from(error));
    display.end(told);
    throw told;
  }
}

/** An option that the program gives to a resource is no wrong usage of the command. */
function ofProgram(error: SandstackError): SandstackError {
  const { code, message, hint } = error;
  return code === "INVALID_OPTION" ? new SandstackError("PROGRAM_FAILED", message, { cause: error, hint }) : error;
}

type EngineLike = InstanceType<typeof import("../../engine").Engine>;

function start(engine: EngineLike, { operation, dryRun }: Order): Promise<OperationResult> {
  const kind = operation === "refresh" || operation === "destroy" ? operation : "update";
  if (dryRun || operation === "preview") return engine.preview(kind);
  return operation === "up" ? engine.up() : engine[operation]();
}

/** The SDK is what programs are written with; who only runs sandboxes has no use for it. */
export function requireSdk(): void {
  try {
    require.resolve("@pulumi/pulumi/package.json");
  } catch (cause) {
    throw new SandstackError("MISSING_TOOL", "Stacks need the package @pulumi/pulumi, which is not installed.", {
      cause,
      hint: "npm install @pulumi/pulumi",
    });
  }
}
