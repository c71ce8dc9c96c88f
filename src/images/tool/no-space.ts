import { SandstackError } from "../../model/error";
import { storePath } from "../store/layout";

/** Whether a line of a tool's output says that the disk is full. */
export function saysNoSpace(line: string): boolean {
  return /no space left on device|disk quota exceeded|not enough free space|ENOSPC|EDQUOT/i.test(line);
}

/** Whether that is what an error means. */
export function isNoSpace(error: unknown): boolean {
  return ["ENOSPC", "EDQUOT", "NO_SPACE"].includes((error as { code?: string }).code ?? "");
}

/** A full disk, in the user's terms. */
export function noSpace(cause: unknown): SandstackError {
  return new SandstackError("NO_SPACE", `No space left for images in ${storePath()}.`, {
    cause,
    hint: "Free some, or set SANDSTACK_STATE_DIR to a directory on a larger disk.",
  });
}
