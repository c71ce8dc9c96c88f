import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { oneLine, visible, visibleJson } from "../../../src/model/visible";
import { present, styleFor } from "../../../src/cli/style";

describe("a foreign text", () => {
  it.each([
    ["letters of any script, and emoji of several characters", "käse ключ 鍵 👩‍👩‍👧", "käse ключ 鍵 👩‍👩‍👧", "käse ключ 鍵 👩‍👩‍👧"],
    ["lines and tabs", "a\n\tb\r\nc", "a\n\tb\nc", "a\\n\\tb\\r\\nc"],
    ["a line that is written over", "safe\rgone", "safe\\rgone", "safe\\rgone"],
    ["a title", "\x1b]0;X\x07", "\\e]0;X\\x07", "\\e]0;X\\x07"],
    ["colours and a cleared screen", "a\x1b[31mb\x1b[2Jc", "abc", "a\\e[31mb\\e[2Jc"],
    ["the same in C1", "a\x9b2Jb\x9d0;X\x9c", "ab\\x9d0;X\\x9c", "a\\x9b2Jb\\x9d0;X\\x9c"],
    ["a sequence in a sequence", "\x1b\x1b[m[2J", "\\e[2J", "\\e\\e[m[2J"],
    ["NUL, backspace, DEL", "\0\b\x7f", "\\x00\\x08\\x7f", "\\x00\\x08\\x7f"],
    [
      "marks of direction",
      "\u202ea\u2066b\u200fc\u061c",
      "\\u202ea\\u2066b\\u200fc\\u061c",
      "\\u202ea\\u2066b\\u200fc\\u061c",
    ],
    ["halves of characters", "\ud83da\ude00", "\\ud83da\\ude00", "\\ud83da\\ude00"],
  ])("with %s is shown and not obeyed", (_what, text, lines, line) => {
    expect([visible(text), oneLine(text)]).toEqual([lines, line]);
  });

  it("is the same value in JSON that can be shown", () => {
    const value = { "a\x9b2J": "\x7f\u202e\x1b]0;X\x07\ud83d 😀 \n\t ü" };
    const shown = visibleJson(JSON.stringify(value, undefined, 2));
    expect(JSON.parse(shown)).toEqual(value);
    // eslint-disable-next-line no-control-regex
    expect(shown).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
  });

  it("keeps our own colours apart from its own", () => {
    const red = styleFor({ isTTY: true }, {})("red", "a\x1b[32mb\x1b]0;X\x07");
    expect(present(red)).toBe("\x1b[31mab\\e]0;X\\x07\x1b[39m");
  });
});

it("no command prints but by the edge", () => {
  // Files that are left write bytes of a payload, JSON, or a terminal's own.
  const room = "src/cli";
  const writers = readdirSync(room, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .filter((name) => /std(out|err)\.write|console\./.test(readFileSync(join(room, name), "utf8")))
    .sort();
  expect(writers).toEqual([
    "commands/logs.ts", // a payload's bytes
    "display/display.ts", // what the displays print by
    "invoke.ts", // nothing: it waits for what was written
    "options/json.ts",
    "output.ts",
    "stack/ask.ts",
    "stack/declared-images.ts",
    "terminal.ts", // a payload's bytes
  ]);
});
