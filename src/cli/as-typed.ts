import type { Command } from "commander";
import { SandstackError } from "../model/error";

/** The library's names of options of the command line, where they are other ones. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  "limits.cpus": "--cpus",
  "limits.memory": "--memory",
  "limits.processes": "--processes",
  "limits.disk": "--disk",
  packages: "--package",
  "from.rootfs": "--image",
  "from.oci": "--image",
};
const OPTION = /^([a-z][\w.]*): /;

/** An error of the library in the words of who typed a command: `user: …` is `--user: …` where the command has that option. */
export function asTyped(thrown: unknown, command: Command | undefined): unknown {
  if (!(thrown instanceof SandstackError) || command === undefined) return thrown;
  const { code, message, cause, hint } = thrown;
  const [start = "", name = ""] = OPTION.exec(message) ?? [];
  const typed = OTHER_NAMES[name] ?? `--${name}`;
  if (name === "" || !command.options.some(({ long }) => long === typed)) return thrown;
  const shown = code === "NO_SUCH_IMAGE" ? "`sandstack image ls` shows what it has." : hint;
  return new SandstackError(code, `${typed}: ${message.slice(start.length)}`, {
    cause: cause ?? thrown,
    hint: shown?.startsWith(`${name} `) ? typed + shown.slice(name.length) : shown,
  });
}
