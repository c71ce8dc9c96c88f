import { fstatSync } from "node:fs";
import { SandstackError } from "../model/error";

/**
 * Our stdin, to be read.
 * @throws SandstackError IS_A_DIRECTORY where a directory stands in its place, which Node takes for one without bytes
 */
export function ownStdin(): NodeJS.ReadStream {
  if (!fstatSync(0).isDirectory()) return process.stdin;
  throw new SandstackError("IS_A_DIRECTORY", "stdin: it is a directory, and has no bytes to be read.", {
    hint: "tar -c -C DIRECTORY . | sandstack … passes what is in one on.",
  });
}
