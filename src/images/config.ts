import { SandstackError } from "../model/error";
import type { ImageConfig } from "../model/image";
import { readAccounts } from "./tree/accounts";
import { InsideView } from "./tree/inside";

/** A config on top of another: of each variable, and of user and directory, the upper one. */
export function mergeConfig(lower: ImageConfig, upper: ImageConfig): ImageConfig {
  return { ...lower, ...upper, env: { ...lower.env, ...upper.env } };
}

/**
 * Looks whether an image has what its declaration says of it.
 * @param roots of its layers, the topmost first
 * @throws SandstackError INVALID_OPTION for a user or a directory that is not there
 */
export function checkConfig({ user, cwd }: ImageConfig, roots: readonly string[]): void {
  const view = new InsideView(roots);
  if (user !== undefined && !/^\d+$/.test(user) && !readAccounts(view, "/etc/passwd").has(user)) {
    throw new SandstackError("INVALID_OPTION", `user: ${JSON.stringify(user)} is not in the image's /etc/passwd.`, {
      hint: '`run` can make it: run: ["useradd --create-home NAME"].',
    });
  }
  if (cwd !== undefined && !view.stat(view.resolve(cwd, { last: true }))?.isDirectory()) {
    throw new SandstackError("INVALID_OPTION", `cwd: ${JSON.stringify(cwd)} is no directory in the image.`, {
      hint: "`files` or `run` can make it.",
    });
  }
}
