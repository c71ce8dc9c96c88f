import { argvOf } from "../../model/argv";
import { invalidOption } from "../../model/error";
import { parseDuration } from "../../model/ttl";
import type { Step } from "../step";

/** What a command of a build may take where nothing is said. */
export const DEFAULT_RUN_TIMEOUT = "10m";

/**
 * The `run` option: one step, and so one layer, for each command, so that a change of one makes only it and those after
 * it again. The time limit is no part of what a layer is made from.
 * @throws SandstackError INVALID_OPTION naming the command's place
 */
export function runSteps(run: unknown = [], timeout: string | number = DEFAULT_RUN_TIMEOUT): Step[] {
  if (!Array.isArray(run)) throw invalidOption("run", JSON.stringify(run), "a list of commands");
  const timeoutMs = parseDuration("runTimeout", timeout);
  return (run as (string | readonly string[])[]).map((command, index) => {
    const place = `run[${index}]`;
    if (command === "") throw invalidOption(place, command, "a line for the shell, or an array of at least one string");
    const argv = argvOf(command, place);
    return {
      name: "run",
      declared: { run: argv },
      pinned: "here",
      resolve: () => Promise.resolve({}),
      recipe: () => ({ run: argv }),
      make: async (_, context, below) => {
        const { buildLayer } = await import("../layer/build-layer.js");
        await buildLayer({ commands: [{ argv, place }], timeoutMs, below }, context);
      },
    };
  });
}
