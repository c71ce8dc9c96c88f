import { Argument, type Command } from "commander";
import { bashScript } from "../completion/bash";
import { fishScript } from "../completion/fish";
import { commandShapes } from "../completion/tree";
import { zshScript } from "../completion/zsh";
import { createProgram, type Context } from "../program";
import { print } from "../output";

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };

const EXAMPLES = `
Examples:
  source <(sandstack completion bash)
  sandstack completion zsh > ~/.zfunc/_sandstack
  sandstack completion fish > ~/.config/fish/completions/sandstack.fish
`;

export function define(command: Command, context: Context): void {
  command
    .addArgument(new Argument("<shell>", "whose script").choices(Object.keys(SCRIPTS)))
    .addHelpText("after", EXAMPLES)
    .action((shell: keyof typeof SCRIPTS) => {
      const program = createProgram(() => true, context);
      print(SCRIPTS[shell](commandShapes(program)));
    });
}
