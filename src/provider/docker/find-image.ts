import type { ImageInspectInfo } from "dockerode";
import type { Engine } from "../../tiers/docker/engine";
import { ifKnown } from "../../tiers/docker/engine-error";
import { errnoOf } from "../../tiers/system/system-error";
import { noSuchImage } from "./failure";

/** What an engine has under a name or an id. */
export function knownImage({ api }: Engine, name: string): Promise<ImageInspectInfo | undefined> {
  return ifKnown(() => api.getImage(name).inspect());
}

/** The same, pulled where it is not there. @throws SandstackError NO_SUCH_IMAGE */
export async function findImage(
  engine: Engine,
  name: string,
  { signal, platform = "", option }: { signal: AbortSignal; platform?: string; option: string },
): Promise<ImageInspectInfo> {
  const known = await knownImage(engine, name);
  if (known !== undefined) return known;
  // An id is of this engine or of none.
  if (/^(sha256:)?[0-9a-f]{64}$/.test(name)) throw noSuchImage(option, name, engine.host);
  try {
    await pull(engine, name, platform, signal);
  } catch (error) {
    signal.throwIfAborted();
    // The engine has gone, not the image.
    if (errnoOf(error) !== undefined) throw error;
    throw noSuchImage(option, name, engine.host, error);
  }
  const pulled = await knownImage(engine, name);
  if (pulled === undefined) throw noSuchImage(option, name, engine.host);
  return pulled;
}

/** What goes wrong on the way is in the stream, after an answer that says that all is well. */
async function pull({ api }: Engine, name: string, platform: string, signal: AbortSignal): Promise<void> {
  const options = { abortSignal: signal, ...(platform === "" ? {} : { platform }) };
  const stream = await api.pull(name, options);
  await new Promise<void>((resolve, reject) => {
    api.modem.followProgress(stream, (error) => (error ? reject(error) : resolve()));
  });
}
