import { describe, expect, test } from "vitest";
import { FieldWriter } from "../../src/model/fields";
import { SpawnFlag, Tag, Type, Verb } from "../../src/model/protocol";
import { newMarker, withMarker } from "../faults/parts";
import { eventually, TestGuest, TIERS } from "./harness";

const TERMINAL = SpawnFlag.PTY | SpawnFlag.STDIN;

describe.each(TIERS)("a terminal on %s", (tier) => {
  test("is the command's own, of the asked size, and can be resized", async () => {
    const client = await (await TestGuest.start({ tier })).connect();
    const stream = client.spawn(["/bin/sh"], { flags: TERMINAL, cols: 100, rows: 30 });
    const pid = (await stream.reply()).number(Tag.PID);
    stream.data("tty; stat -c owner=%U $(tty); trap 'echo caught' WINCH; stty size\n");
    // Only at its prompt is the shell the terminal's foreground again, which alone is told of a new size.
    await stream.until(() => stream.out.includes("30 100\r\n$ "), "its size and the prompt");
    expect(stream.out.toString()).toMatch(/\/dev\/pts\/0\r\n/);
    expect(stream.out.toString()).toContain("owner=agent");
    const size = new FieldWriter().number(Tag.PID, pid).number(Tag.COLS, 120).number(Tag.ROWS, 40);
    await client.open(Verb.RESIZE, size).end();
    stream.data("stty size\n");
    await stream.until(() => stream.out.includes("40 120"), "its new size");
    await stream.until(() => stream.out.includes("caught\r\n"), "SIGWINCH");
    stream.data("exit 5\n");
    expect((await stream.end()).number(Tag.EXIT_CODE)).toBe(5);
    expect(stream.err.length).toBe(0);
  });

  test("a typed Ctrl-C interrupts, the end of the stream is Ctrl-D", async () => {
    const client = await (await TestGuest.start({ tier })).connect();
    const stream = client.spawn(["/bin/sh"], { flags: TERMINAL });
    const marker = newMarker();
    stream.data(`sleep ${marker}; echo status=$?\n`);
    // A shell's child makes itself the terminal's foreground before it becomes its program.
    await eventually(() => withMarker(marker).length > 0, "the sleep");
    stream.data("\x03");
    await stream.until(() => stream.out.includes("$ ", stream.out.indexOf("^C")), "the prompt");
    stream.data("echo after\n");
    await stream.until(() => stream.out.includes("after\r\n"), "the next command");
    stream.send(Type.EOF);
    expect((await stream.end()).number(Tag.EXIT_CODE)).toBe(0);
  });
});

test("a size for a command without a terminal, or of nothing, is refused", async () => {
  const client = await (await TestGuest.start()).connect();
  const pid = (await client.spawn(["sleep", "60"]).reply()).number(Tag.PID);
  const resize = (cols: number): Promise<unknown> =>
    client.open(Verb.RESIZE, new FieldWriter().number(Tag.PID, pid).number(Tag.COLS, cols).number(Tag.ROWS, 1)).end();
  await expect(resize(80)).rejects.toThrow(/^BAD_REQUEST: .*no terminal/);
  await expect(resize(0)).rejects.toThrow(/^BAD_REQUEST: .*0 x 1/);
});
