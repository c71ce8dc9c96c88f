import { SandstackError, type ErrorCode } from "../../src/model/error";

/** How the guest calls what a caller calls otherwise: its words are those of the protocol. */
const WORDS: readonly { says: RegExp; option: string; right: string }[] = [
  {
    says: /^PATH ([^]*): (is not absolute|is too long|has a NUL in it)$/,
    option: "path",
    right: "an absolute path, as a command inside sees it, such as /home/agent/a.txt",
  },
  {
    says: /^TARGET ([^]*): (is not absolute|is too long|has a NUL in it)$/,
    option: "newPath",
    right: "an absolute path, as a command inside sees it, such as /home/agent/a.txt",
  },
  { says: /^CWD ([^]*): ([^:]*)$/, option: "cwd", right: "the absolute path of a directory in the sandbox" },
  {
    says: /^user ([^]*): (not in the sandbox's \/etc\/passwd)$/,
    option: "user",
    right: "a name or number that is there",
  },
];

/** Makes what the guest refuses or breaks off an error that names the caller's own option. */
export function guestError(code: ErrorCode, message: string): SandstackError {
  for (const { says, option, right } of WORDS) {
    const [, value, why] = says.exec(message) ?? [];
    if (value === undefined || why === undefined) continue;
    const hint = `${option} takes ${right}.`;
    return new SandstackError(code, `${option}: ${JSON.stringify(value)}: ${why.replace(/^is /, "it is ")}.`, { hint });
  }
  return new SandstackError(code, message);
}
