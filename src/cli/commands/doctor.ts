import type { Command } from "commander";
import type { Missing } from "../../model/tier";
import { formatReport, type Ability } from "../ability";
import { ExitCode } from "../exit-code";
import { JSON_OPTION, printJson } from "../options/json";
import { styleFor } from "../style";
import { print } from "../output";

const EXAMPLES = `
Examples:
  sandstack doctor
  sandstack doctor --json

Exit code: 0 if at least one tier can run, else 1.
`;

export function define(command: Command): void {
  command
    .option(...JSON_OPTION)
    .addHelpText("after", EXAMPLES)
    .action(async ({ json }: { json?: boolean }) => {
      const [tiers, images] = await Promise.all([import("../../tiers/index.js"), import("../../images/index.js")]);
      const abilities: Record<"tiers" | "images", Ability[]> = {
        tiers: await Promise.all(tiers.ALL.map(async (tier) => abilityOf(tier.name, await tier.preflight()))),
        images: [
          abilityOf("debian", images.missingForSuites()),
          abilityOf("oci", images.missingForOci()),
          abilityOf("python", images.missingForPython()),
          abilityOf("npm", images.missingForNpm()),
        ],
      };
      const open = [tiers.openCoreHandlerHere()].filter((one) => one !== undefined);
      if (json) printJson({ ...abilities, open });
      else print(formatReport(abilities, styleFor(process.stdout), open));
      if (!abilities.tiers.some(({ ready }) => ready)) process.exitCode = ExitCode.ERROR;
    });
}

function abilityOf(name: string, missing: readonly Missing[]): Ability {
  return { name, ready: missing.length === 0, missing };
}
