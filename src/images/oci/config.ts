import { formatEnvs } from "../../model/envs";
import type { ImageConfig } from "../../model/image";
import { parseImageConfig } from "../../model/image-config";
import { FIXED_TIME } from "../tree/edit";
import { badArchive } from "../tree/tar-header";
import type { OciConfig } from "./layout";

/** The words of OCI for this processor and system. */
export const PLATFORM = { architecture: process.arch === "x64" ? "amd64" : process.arch, os: "linux" };

/**
 * The config of an OCI image, with the one time that everything of our making bears.
 * @param diffIds digests of its layers, from the bottom up
 */
export function ociConfig(
  { env, user, cwd }: ImageConfig,
  diffIds: readonly string[],
  labels: Record<string, string>,
): OciConfig {
  return {
    created: new Date(FIXED_TIME * 1000).toISOString().replace(".000", ""),
    ...PLATFORM,
    config: {
      ...(env ? { Env: formatEnvs(env) } : {}),
      ...(user ? { User: user } : {}),
      ...(cwd ? { WorkingDir: cwd } : {}),
      Labels: labels,
    },
    rootfs: { type: "layers", diff_ids: diffIds },
  };
}

/**
 * What an OCI image's config says for commands.
 * @throws SandstackError BAD_ARCHIVE
 */
export function imageConfig({ config }: OciConfig): ImageConfig {
  const { Env, User, WorkingDir } = config ?? {};
  const env = (Env ?? []).map((line) => {
    const equals = line.indexOf("=");
    if (equals < 1) throw badArchive(`its config has the environment ${JSON.stringify(line)}`);
    return [line.slice(0, equals), line.slice(equals + 1)] as const;
  });
  return {
    ...(env.length > 0 ? { env: Object.fromEntries(env) } : {}),
    ...(User ? { user: User } : {}),
    ...(WorkingDir ? { cwd: WorkingDir } : {}),
  };
}

/**
 * The same for sandboxes: who runs commands has the groups that the image's own files say.
 * @throws SandstackError BAD_ARCHIVE or INVALID_OPTION for what no command can have
 */
export function strangersConfig(config: OciConfig): ImageConfig {
  const { user, ...rest } = imageConfig(config);
  const name = user?.replace(/:.*$/, "");
  return parseImageConfig({ ...rest, ...(name ? { user: name } : {}) });
}
