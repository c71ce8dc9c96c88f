import type { EndedRecord } from "../../model/tier";
import { joinStream, splitFrames } from "./frames";

/** What a guest writes to its container's log when its sandbox is over (guest/PROTOCOL.md, "In a container"). */
export interface LastWords {
  end: Omit<EndedRecord, "id" | "endedAt">;
  /** What its task wrote; `undefined` where there was none. */
  output?: Buffer;
}

const HOWS: readonly string[] = ["finished", "timed out", "killed", "out of memory", "lost"];
const STDOUT = 1;
const NEWLINE = 10;

/** `undefined` where the guest came to say nothing, or not all of it. */
export function readLastWords(log: Buffer): LastWords | undefined {
  const said = joinStream(splitFrames(log).pieces, STDOUT);
  const line = said.indexOf(NEWLINE);
  if (line < 0) return undefined;
  let head: Partial<Record<string, unknown>>;
  try {
    head = JSON.parse(said.toString("utf8", 0, line)) as Partial<Record<string, unknown>>;
  } catch {
    return undefined;
  }
  const { how } = head;
  if (head["sandstack"] !== 1 || !HOWS.includes(how as string)) return undefined;
  const numberOf = (name: string) => (typeof head[name] === "number" ? head[name] : null);
  const task = head["task"] === true;
  return {
    end: {
      how: how as EndedRecord["how"],
      exitCode: numberOf("exitCode"),
      signal: numberOf("signal"),
      task,
      outputDropped: numberOf("outputDropped") ?? 0,
    },
    output: task ? decode(said.toString("latin1", line + 1)) : undefined,
  };
}

/** A log keeps text alone, so what was written is in lines of base64, each by itself. */
function decode(lines: string): Buffer {
  return Buffer.concat(lines.split("\n").map((line) => Buffer.from(line, "base64")));
}
