import type { Command } from "commander";
import { STACK_OF_SANDBOX } from "../options/stack";

const EXAMPLES = `
Examples:
  sandstack rollback agent snap-0a1b2c3d4e5f

Every command in the sandbox ends; its id, connection and deadline stay.
`;

export function define(command: Command): void {
  command
    .argument("<sandbox>", "name, id or connection")
    .argument("<snapshot>", "id of a snapshot of it")
    .option(...STACK_OF_SANDBOX)
    .addHelpText("after", EXAMPLES)
    .action(async (target: string, snapshot: string, { stack }: { stack?: string }) => {
      const { Sandbox } = await import("../../../runtime/index.js");
      const { sandboxNamed } = await import("../stack/declared.js");
      const sandbox = await Sandbox.connect(await sandboxNamed(target, stack));
      try {
        await sandbox.rollback(snapshot);
      } finally {
        sandbox.disconnect();
      }
    });
}
