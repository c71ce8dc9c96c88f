import { SandstackError } from "../../model/error";

export function protectedError(what: string): SandstackError {
  return new SandstackError("UPDATE_FAILED", `is protected and cannot be ${what}.`, {
    hint: "Remove `protect` from it, run an update, and try again.",
  });
}
