import { Writable } from "node:stream";
import type { Command } from "commander";
import type { Sandbox } from "../../../runtime";
import { SandstackError } from "../../model/error";
import { notice } from "../notice";
import { printJson } from "../options/json";
import { STACK_OF_SANDBOX } from "../options/stack";
import type { Context } from "../program";

const EXAMPLES = `
Examples:
  sandstack logs job
  sandstack logs --json job

Of a task that still runs, what it writes is shown until it ends. At most the last 1 MiB is kept.
`;

export function define(command: Command, { signal }: Context): void {
  command
    .argument("<sandbox>", "name or id")
    .option("--json", "wait for the end and print all as one JSON document")
    .option(...STACK_OF_SANDBOX)
    .addHelpText("after", EXAMPLES)
    .action(async (target: string, { json = false, stack }: { json?: boolean; stack?: string }) => {
      const [{ Sandbox }, { getSandbox, lookUp, readOutput }, { describeEnd }, { untilAborted }] = await Promise.all([
        import("../../../runtime/index.js"),
        import("../../tiers/index.js"),
        import("../../../runtime/ended.js"),
        import("../../../runtime/abort.js"),
      ]);
      const { sandboxNamed } = await import("../stack/declared.js");
      const { id, state } = await untilAborted("logs", signal, lookUp(await sandboxNamed(target, stack)));
      const shown =
        state === "running" ? await follow(() => Sandbox.connect(id, { signal }), { quiet: json, signal }) : 0;
      const result = await Sandbox.result(id, { signal });
      if (json) return printJson(result);
      const { ended } = getSandbox(id);
      process.stdout.write(readOutput(id)?.subarray(Math.max(0, shown - result.droppedBytes)) ?? "");
      if (ended) notice(`${describeEnd(ended)}, at ${result.endedAt.toISOString()}`, { always: true });
    });
}

/**
 * Shows what the task of a running sandbox writes, until it ends or the sandbox does.
 * @returns how much of all that it wrote is shown now, or can no longer be
 */
async function follow(connect: () => Promise<Sandbox>, options: { quiet: boolean; signal: AbortSignal }) {
  let shown = 0;
  const output = new Writable({
    write(bytes: Buffer, _, done) {
      shown += bytes.length;
      process.stdout.write(bytes, done);
    },
  });
  try {
    const sandbox = await connect();
    const task = (await sandbox.commands.list()).find((command) => command.task);
    if (task === undefined) throw noTask(sandbox.sandboxId);
    if (!options.quiet) {
      const outputs = { stdout: output, stderr: output, reject: false, signal: options.signal };
      const handle = await sandbox.commands.connect(task.pid, outputs);
      shown += handle.droppedBytes;
      await handle.wait();
    }
    sandbox.disconnect();
  } catch (error) {
    // It may end at any moment; what it wrote is in the ledger then.
    if (!(error instanceof SandstackError && (error.code === "ENDED" || error.code === "ENDING"))) throw error;
  }
  return shown;
}

function noTask(id: string): SandstackError {
  return new SandstackError("NO_SUCH_COMMAND", `Sandbox ${id} runs, and has no task.`, {
    hint: "A task is what `sandstack create … -- COMMAND` is given.",
  });
}
