import type { Command } from "commander";

const EXAMPLES = `
Examples:
  sandstack rollback agent snap-0a1b2c3d4e5f

Every command in the sandbox ends; its id, connection and deadline stay.
`;

export function define(command: Command): void {
  command
    .argument("<sandbox>", "name, id or connection")
    .argument("<snapshot>", "id of a snapshot of it")
    .addHelpText("after", EXAMPLES)
    .action(async (target: string, snapshot: string) => {
      const { Sandbox } = await import("../../../runtime/index.js");
      const { sandboxNamed } = await import("../stack/declared.js");
      const sandbox = await Sandbox.connect(sandboxNamed(target));
      try {
        await sandbox.rollback(snapshot);
      } finally {
        sandbox.disconnect();
      }
    });
}
