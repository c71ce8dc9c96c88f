import { SandstackError } from "../model/error";

/** Puts before what went wrong where the user has said it: `from.rootfs: the archive is refused: …`. */
export async function inOption<T>(option: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (!(error instanceof SandstackError) || error.code === "ABORTED") throw error;
    const { code, message, cause, hint } = error;
    throw new SandstackError(code, `${option}: ${message.charAt(0).toLowerCase()}${message.slice(1)}`, { cause, hint });
  }
}
