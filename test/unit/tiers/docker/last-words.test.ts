import { describe, expect, it } from "vitest";
import { joinStream, splitFrames, wordsOf } from "../../../../src/tiers/docker/frames";
import { readLastWords } from "../../../../src/tiers/docker/last-words";
import { endOf } from "../../../../src/tiers/docker/observe";

function frame(stream: number, text: string | Buffer): Buffer {
  const bytes = Buffer.from(text);
  const head = Buffer.alloc(8);
  head[0] = stream;
  head.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([head, bytes]);
}

describe("frames of a container's streams", () => {
  it("are split, and what has not come whole waits", () => {
    const whole = Buffer.concat([frame(1, "ab"), frame(2, ""), frame(1, "c")]);
    for (let cut = 0; cut <= whole.length; cut++) {
      const first = splitFrames(whole.subarray(0, cut));
      const second = splitFrames(Buffer.concat([first.rest, whole.subarray(cut)]));
      expect(second.rest.length).toBe(0);
      expect(joinStream([...first.pieces, ...second.pieces], 1).toString()).toBe("abc");
    }
  });

  it("are words for people", () => {
    expect(wordsOf(Buffer.concat([frame(2, "no such\n"), frame(1, "thing\0\n")]))).toBe("no such thing");
  });
});

const RECORD = {
  sandstack: 1,
  how: "finished",
  exitCode: 3,
  signal: null,
  task: true,
  outputDropped: 2,
  outputBytes: 4,
};
/** Each piece of the output in a line of its own. */
function said(record: unknown, ...output: string[]): Buffer {
  const lines = output.map((piece) => `${Buffer.from(piece).toString("base64")}\n`);
  return frame(1, `${JSON.stringify(record)}\n${lines.join("")}`);
}

describe("a guest's last words", () => {
  it("tell how it ended, and what its task wrote", () => {
    expect(readLastWords(said(RECORD, "a\n", "b\n"))).toEqual({
      end: { how: "finished", exitCode: 3, signal: null, task: true, outputDropped: 2 },
      output: Buffer.from("a\nb\n"),
    });
  });

  it.each([
    ["nothing", Buffer.alloc(0)],
    ["no whole line", frame(1, '{"sandstack":1')],
    ["no JSON", frame(1, "exec format error\n")],
    ["another's JSON", said({ how: "finished" })],
    ["an end that there is not", said({ ...RECORD, how: "bored" })],
    ["only stderr", frame(2, `${JSON.stringify(RECORD)}\n`)],
  ])("are none where it said %s", (_, log) => expect(readLastWords(log)).toBeUndefined());
});

describe("how a container's sandbox ended", () => {
  const State = { OOMKilled: false, FinishedAt: "2026-01-02T03:04:05Z" };
  const found = (change: object = {}) => ({ State: { ...State, ...change } }) as never;

  it.each([
    ["its guest's own words", found(), readLastWords(said(RECORD, "a\nb\n")), { how: "finished", exitCode: 3 }],
    ["the engine, where the guest was killed", found(), undefined, { how: "killed", exitCode: null }],
    ["the engine, where memory ran out", found({ OOMKilled: true }), undefined, { how: "out of memory" }],
    ["nobody, where it is gone", undefined, undefined, { how: "lost", task: false }],
  ])("is told by %s", (_, container, words, end) => expect(endOf("sbx-a", container, words, 9e15)).toMatchObject(end));

  it("is its deadline's, where that was over and nobody told", () => {
    expect(endOf("sbx-a", found(), undefined, Date.parse(State.FinishedAt))).toMatchObject({ how: "timed out" });
  });

  it("is dated by the engine", () => {
    expect(endOf("sbx-a", found(), undefined, 0).endedAt).toBe(Date.parse(State.FinishedAt));
    expect(endOf("sbx-a", found({ FinishedAt: "0001-01-01T00:00:00Z" }), undefined, 0).endedAt).toBeGreaterThan(1e12);
  });
});
