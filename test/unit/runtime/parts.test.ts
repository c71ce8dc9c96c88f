import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { CommandExitError, resultOf } from "../../../runtime/commands/command-result";
import { StreamOutput, TextOutput } from "../../../runtime/commands/output";
import { describeEnd, endedError } from "../../../runtime/ended";
import { formatMode } from "../../../runtime/files/entry-info";
import { eventOf } from "../../../runtime/files/watch-handle";
import { metricsOf } from "../../../runtime/info";
import { Fields, FieldWriter } from "../../../src/model/fields";
import { EventKind, How, Tag } from "../../../src/model/protocol";
import type { EndedRecord } from "../../../src/model/tier";

describe("output", () => {
  it("never gives half a character, wherever it is cut", () => {
    const bytes = Buffer.from("naïve 日本 🦊!");
    for (let cut = 0; cut <= bytes.length; cut++) {
      const pieces: string[] = [];
      const output = new TextOutput((text) => void pieces.push(text));
      void output.write(bytes.subarray(0, cut));
      void output.write(bytes.subarray(cut));
      void output.end();
      expect(pieces.join("")).toBe("naïve 日本 🦊!");
      expect(output.text).toBe("naïve 日本 🦊!");
      expect(pieces.join("|")).not.toContain("\ufffd");
    }
  });

  it("that ends within a character shows that it did", () => {
    const output = new TextOutput(undefined);
    void output.write(Buffer.from("日").subarray(0, 2));
    void output.end();
    expect(output.text).toBe("\ufffd");
  });

  it("of more than a string can hold is a clear error", () => {
    const output = new TextOutput(undefined, 8);
    void output.write(Buffer.from("12345678"));
    expect(() => output.write(Buffer.from("9"))).toThrow(/more than the 8 characters/);
  });

  it("to a full stream waits until it has drained", async () => {
    const stream = new PassThrough({ highWaterMark: 4 });
    const output = new StreamOutput(stream);
    let drained = false;
    const held = Promise.resolve(output.write(Buffer.from("12345678"))).then(() => (drained = true));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(drained).toBe(false);
    stream.resume();
    await held;
    expect(output.text).toBe("");
  });
});

describe("what is no UTF-8 in an output", () => {
  it.each([
    [["caf\xc3", "\xa9"], false],
    [["\xf0", "\x9f\x92", "\x80"], false],
    [["caf\xe9"], true],
    [["caf\xe9", " late"], true],
    [["\xf0\x9f", "\x92x"], true],
    [["cut off \xf0\x9f\x92"], true],
    [["\xef\xbf\xbd"], false],
    [["\xf5", "a"], true],
    [[], false],
  ])("%j is told: %j", async (pieces, replaced) => {
    const output = new TextOutput(undefined);
    for (const piece of pieces) await output.write(Buffer.from(piece, "latin1"));
    await output.end();
    expect(output.replaced).toBe(replaced);
    expect(output.text).toBe(Buffer.from(pieces.join(""), "latin1").toString("utf8"));
  });
});

describe("a command's end", () => {
  const end = (fields: Partial<Record<"EXIT_CODE" | "SIGNAL" | "HOW", number>>) => {
    const writer = new FieldWriter();
    for (const [name, value] of Object.entries(fields)) writer.number(Tag[name as "HOW"], value);
    return resultOf(new Fields(writer.finish()), { stdout: "out", stderr: "one\nlast words\n", replaced: false });
  };

  it.each([
    [{ EXIT_CODE: 7, HOW: How.ITSELF }, "COMMAND_EXIT", /exit code 7/],
    [{ SIGNAL: 9, HOW: How.KILLED }, "COMMAND_EXIT", /signal 9/],
    [{ SIGNAL: 15, HOW: How.TIMEOUT }, "TIMEOUT", /timeoutMs/],
    [{ SIGNAL: 9, HOW: How.OUT_OF_MEMORY }, "COMMAND_EXIT", /memory/],
  ])("%j is an error", (fields, code, message) => {
    const error = new CommandExitError(end(fields));
    expect(error).toMatchObject({ ...end(fields), name: "CommandExitError", code, hint: "last words" });
    expect(error.message).toMatch(message);
  });
});

describe("facts", () => {
  it.each([
    [0o644, "rw-r--r--"],
    [0o4755, "rwsr-xr-x"],
    [0o2644, "rw-r-Sr--"],
    [0o1777, "rwxrwxrwt"],
    [0, "---------"],
  ])("mode %o is shown as %s", (mode, shown) => {
    expect(formatMode(mode)).toBe(shown);
  });

  it.each([
    ["/a", "/a/b/c", "b/c"],
    ["/a/", "/a/b", "b"],
    ["/", "/b", "b"],
    ["/a", "/ab", "/ab"],
  ])("an event below %s on %s is named %s", (directory, path, name) => {
    const fields = new FieldWriter().number(Tag.EVENT_KIND, EventKind.WRITE).text(Tag.PATH, path);
    expect(eventOf(new Fields(fields.finish()), directory)).toEqual({ type: "write", name });
  });

  it("CPU is of one processor, between two marks", () => {
    const fields = new FieldWriter().number(Tag.CPUS, 1_500).number(Tag.MEM_LIMIT, 0).finish();
    const metrics = metricsOf(new Fields(fields), { at: 1_000, used: 100 }, { at: 2_000, used: 600 });
    expect(metrics).toMatchObject({ cpuUsedPct: 50, cpuCount: 1.5, memTotal: undefined });
  });

  const ended = (how: EndedRecord["how"], more: Partial<EndedRecord> = {}): EndedRecord => ({
    ...{ id: "sbx-x", endedAt: 0, how, exitCode: null, signal: null, task: false, outputDropped: 0 },
    ...more,
  });

  it("an end is told with when and why", () => {
    const error = endedError("sbx-x", ended("timed out"));
    expect(error.code).toBe("ENDED");
    expect(error.message).toBe("Sandbox sbx-x has ended at 1970-01-01T00:00:00.000Z: its ttl was over.");
    expect(endedError("sbx-x").message).toBe("Sandbox sbx-x has ended.");
    expect(describeEnd(ended("finished", { task: true, exitCode: 3 }))).toBe("its task finished with exit code 3");
    expect(describeEnd(ended("finished", { task: true, signal: 9 }))).toBe("its task was ended by signal 9");
  });
});
