import { invalidOption } from "./error";

/** A string is a line for a login shell; an array is executed as it is. */
export function argvOf(cmd: string | readonly string[], option = "cmd"): readonly string[] {
  if (typeof cmd === "string") return ["/bin/sh", "-lc", cmd];
  const whole = Array.isArray(cmd) && cmd.length > 0 && cmd.every((arg) => typeof arg === "string");
  if (!whole)
    throw invalidOption(option, JSON.stringify(cmd), "a line for the shell, or an array of at least one string");
  return cmd;
}
