import { present } from "./style";

// The edge: what commands print for people goes through here. What a payload has written passes elsewhere, byte for byte.

/** Prints for people. */
export function print(text: string): void {
  process.stdout.write(present(text));
}

/** Tells people something besides what a command prints. */
export function tell(text: string): void {
  process.stderr.write(present(text));
}

/** Prints a value for whoever takes it: as it is into a file or a pipe, and for people on a terminal. */
export function printValue(text: string): void {
  if (process.stdout.isTTY) print(text);
  else process.stdout.write(text);
}
