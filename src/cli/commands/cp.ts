import type { Command } from "commander";
import { copyIn, copyOut, planCopy } from "../copy";
import { STACK_OF_SANDBOX } from "../options/stack";
import type { Context } from "../program";

const EXAMPLES = `
Examples:
  sandstack cp ./agent agent:/opt/agent
  sandstack cp agent:/home/agent/report.html .
  echo hello | sandstack cp - agent:/tmp/greeting
  sandstack cp agent:/var/log/app.log - | less

A path inside is absolute. As cp -r does: into a directory that is there, else to just this name.
`;

export function define(command: Command, { signal }: Context): void {
  command
    .argument("<from>", "a path here, or SANDBOX:/path; - is stdin")
    .argument("<to>", "a path here, or SANDBOX:/path; - is stdout")
    .option("--user <user>", "whose the files are inside (default: the sandbox's user)")
    .option(...STACK_OF_SANDBOX)
    .addHelpText("after", EXAMPLES)
    .action(async (from: string, to: string, { user, stack }: { user?: string; stack?: string }) => {
      const plan = planCopy(from, to);
      const { Sandbox } = await import("../../../runtime/index.js");
      const { sandboxNamed } = await import("../stack/declared.js");
      const sandbox = await Sandbox.connect(await sandboxNamed(plan.sandbox, stack), { signal });
      try {
        await (plan.direction === "in" ? copyIn : copyOut)(sandbox, plan.from, plan.to, { user, signal });
      } finally {
        sandbox.disconnect();
      }
    });
}
