import type { ImageConfig } from "../../model/image";
import { parseImageConfig } from "../../model/image-config";
import type { JsonPlace } from "../../model/json-place";

/** What an OCI image's reference meant when it was looked up. */
export type OciPins = {
  /** Of the manifest for `platform`. */
  digest: string;
  /** Such as `linux/amd64`. */
  platform: string;
  config: ImageConfig;
};

/** @throws SandstackError CORRUPT naming the place */
export function parseOciPins(pins: JsonPlace): OciPins {
  const digest = pins.field("digest").text(/^sha256:[0-9a-f]{64}$/, "sha256: and 64 hex digits");
  const platform = pins.field("platform").text(/^\w+\/\w+$/, "a platform such as linux/amd64");
  return { digest, platform, config: parseConfig(pins.field("config")) };
}

function parseConfig(config: JsonPlace): ImageConfig {
  const [env, user, cwd] = ["env", "user", "cwd"].map((name) => config.optional(name));
  return parseImageConfig({
    ...(env ? { env: Object.fromEntries(env.fields().map(([name, value]) => [name, value.text()])) } : {}),
    ...(user ? { user: user.text() } : {}),
    ...(cwd ? { cwd: cwd.text() } : {}),
  });
}
