import { formatEnvs } from "./envs";
import { invalidOption, SandstackError } from "./error";
import type { ImageConfig } from "./image";
import { isText } from "./is-text";

/** What the first message to a guest has room for. */
const MAX_ENV_BYTES = 16_384;

/**
 * The `env`, `user` and `cwd` of a declaration, each checked as far as it can be without the image.
 * @throws SandstackError INVALID_OPTION
 */
export function parseImageConfig({ env, user, cwd }: ImageConfig): ImageConfig {
  return {
    ...(env === undefined ? {} : { env: parseEnv(env) }),
    ...(user === undefined ? {} : { user: parseImageUser(user) }),
    ...(cwd === undefined ? {} : { cwd: parseCwd(cwd) }),
  };
}

/** @throws SandstackError INVALID_OPTION naming the variable, or saying that they are too many */
export function parseEnv(env: unknown): Readonly<Record<string, string>> {
  if (typeof env !== "object" || env === null || Array.isArray(env)) {
    throw invalidOption("env", JSON.stringify(env), 'names and values such as { LANG: "C.UTF-8" }');
  }
  const bytes = formatEnvs(env as Record<string, string>, "env").reduce((sum, one) => sum + Buffer.byteLength(one), 0);
  if (bytes <= MAX_ENV_BYTES) return env as Record<string, string>;
  throw new SandstackError(
    "INVALID_OPTION",
    `env: ${bytes} bytes are more than the ${MAX_ENV_BYTES} that an image has room for.`,
    {
      hint: "Put the longest into a file.",
    },
  );
}

/** @throws SandstackError INVALID_OPTION */
export function parseImageUser(user: unknown): string {
  if (typeof user === "string" && /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(user)) return user;
  throw invalidOption("user", user, "a name or number from the image's /etc/passwd");
}

/** @throws SandstackError INVALID_OPTION */
export function parseCwd(cwd: unknown): string {
  const right = typeof cwd === "string" && isText(cwd) && cwd.startsWith("/") && !cwd.split("/").includes("..");
  if (right) return cwd;
  throw invalidOption("cwd", cwd, "an absolute path inside the image, without `..`");
}
