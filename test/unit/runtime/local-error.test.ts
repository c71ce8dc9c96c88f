import { expect, test } from "vitest";
import { localError } from "../../../runtime/files/local-error";
import { SandstackError } from "../../../src/model/error";

test.each([
  ["ENOENT", "NOT_FOUND", "./a: no such file or directory on this machine."],
  ["EACCES", "PERMISSION_DENIED", "./a: permission denied on this machine."],
  ["ENOSPC", "NO_SPACE", "./a: no space left on this machine."],
  ["EISDIR", "IS_A_DIRECTORY", "./a: is a directory on this machine."],
])("%s of a file here is %s", (errno, code, message) => {
  const cause = Object.assign(new Error("open './a.1.part'"), { code: errno });
  expect(localError(cause, "./a")).toMatchObject({ code, message, cause });
});

test("what is known better, or not at all, passes through", () => {
  const known = new SandstackError("ENDED", "over");
  const strange = new Error("strange");
  expect([localError(known, "a"), localError(strange, "a")]).toEqual([known, strange]);
});
