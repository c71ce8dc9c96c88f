import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { refuseBytes } from "./byte-options";
import { tell } from "./output";
import { SandstackCommand } from "./usage";

/** What a command's file gives: its arguments, options and action, put onto a bare `Command`. */
export interface CommandModule {
  define(command: Command, context: Context): void;
}

/** What every command is given. */
export interface Context {
  /** Aborted by Ctrl-C and its kin; its reason is an Interrupted, or why the output can't be written. */
  signal: AbortSignal;
  /** Set by who runs code of the user's in this process: what that left running does not keep it. */
  endsProcess?: boolean;
}

const COMMANDS = {
  up: "make true what the program declares",
  preview: "say what `up` would change",
  destroy: "remove all that a stack has made",
  refresh: "write down what has become of a stack's resources",
  lock: "pin what a stack's images are made from",
  verify: "make a stack's images anew from the lock, and compare",
  stack: "list, select and make stacks; print their outputs",
  config: "set and print a stack's config",
  run: "make a sandbox, run one command in it, throw it away",
  create: "make a sandbox that stays until its ttl",
  exec: "run a command in a sandbox",
  shell: "open a shell in a sandbox",
  cp: "copy files into or out of a sandbox",
  ls: "list sandboxes",
  logs: "show what a task has written, and how it ended",
  kill: "end sandboxes",
  snapshot: "keep a sandbox's files as they are now",
  rollback: "bring a sandbox's files back to a snapshot",
  image: "list, compare, carry and remove images",
  gc: "remove what is overdue or was left behind",
  doctor: "say what this machine can run and what is missing",
  completion: "print a completion script for a shell",
};

/** Only a command that is called (or completed) is loaded: the others cost nothing at the start. */
function loadCommand(name: string): CommandModule {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require(`./commands/${name}`) as CommandModule;
}

const EXAMPLES = `
Examples:
  sandstack up
  sandstack run -- python3 -c 'print(1 + 1)'
  sandstack create --name agent --ttl 1h
  sandstack exec agent -- python3 -V
  sandstack doctor
`;

/**
 * The command tree.
 * @param load the commands whose arguments and options are wanted; the others are bare names with a summary
 */
export function createProgram(load: (name: string) => boolean, context: Context): Command {
  const program = new SandstackCommand("sandstack")
    .description("Sandboxes for AI agents' code.")
    .version(packageVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .enablePositionalOptions()
    .configureOutput({ writeErr: tell })
    .exitOverride()
    .hook("preAction", (_, command) => refuseBytes(command))
    .addHelpText("after", EXAMPLES);
  for (const [name, summary] of Object.entries(COMMANDS)) {
    const command = program
      .command(name)
      .summary(summary)
      .description(`${sentence(summary)}.`);
    if (!load(name)) continue;
    loadCommand(name).define(command, context);
    addVerbose(command);
  }
  return program;
}

/** Any command may fail in a way that nobody has foreseen. */
function addVerbose(command: Command): void {
  command.commands.forEach(addVerbose);
  const isKnown = command.options.some(({ long }) => long === "--verbose");
  if (command.commands.length === 0 && !isKnown) command.option("--verbose", "say more about errors");
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function packageVersion(): string {
  const text = readFileSync(require.resolve("sandstack/package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
