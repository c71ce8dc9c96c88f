import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Sandbox } from "../../runtime";
import { LOCAL_TIERS } from "../../src/model/tier";
import { newMarker, withMarker } from "../faults/parts";
import { until } from "../support/until";

describe.each(LOCAL_TIERS)("terminals on %s", (tier) => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await Sandbox.create({ tier });
  });
  afterAll(() => sandbox.kill());

  /** Collects what a terminal shows. */
  function screen() {
    const shown = { text: "", onData: (bytes: Uint8Array) => void (shown.text += Buffer.from(bytes).toString()) };
    return shown;
  }
  const size = { cols: 100, rows: 30 };

  it("have a size, which changes", async () => {
    const shown = screen();
    const { pid, wait } = await open(shown, { cmd: "stty size; read go; stty size" });
    await until("the first size", 10_000, () => shown.text.includes("30 100"));
    await sandbox.pty.resize(pid, { cols: 42, rows: 7 });
    await sandbox.pty.sendInput(pid, "\n");
    expect(await wait()).toMatchObject({ exitCode: 0 });
    expect(shown.text).toContain("7 42");
  });

  async function open(shown: ReturnType<typeof screen>, options = {}) {
    const handle = await sandbox.pty.create({ ...size, onData: shown.onData, ...options });
    return { pid: handle.pid, handle, wait: () => handle.wait() };
  }

  it("run a login shell that Ctrl-C interrupts and exit ends", async () => {
    const shown = screen();
    const { pid, wait } = await open(shown, { envs: { PS1: "ready> " } });
    await sandbox.pty.sendInput(pid, "test -t 0 && echo a terminal: $TERM\n");
    await until("the answer", 10_000, () => shown.text.includes("a terminal: xterm-256color"));
    const marker = newMarker();
    await sandbox.pty.sendInput(pid, `sleep ${marker}\n`);
    await until("the sleep", 10_000, () => withMarker(marker).length > 0);
    await sandbox.pty.sendInput(pid, "\x03");
    await sandbox.pty.sendInput(pid, "exit 5\n");
    expect(await wait()).toMatchObject({ exitCode: 5 });
  });

  it("are found again, with what they showed", async () => {
    const { pid, handle } = await open(screen(), { cmd: ["cat"] });
    await sandbox.pty.sendInput(pid, "typed\n");
    handle.disconnect();
    const again = screen();
    const attached = await sandbox.pty.connect(pid, { onData: again.onData });
    await until("what was typed", 10_000, () => again.text.includes("typed"));
    expect((await sandbox.commands.list()).find((one) => one.pid === pid)).toMatchObject({ pty: true });
    expect(await sandbox.pty.kill(pid)).toBe(true);
    expect(await attached.wait()).toMatchObject({ exitCode: null, signal: 9 });
    expect(await sandbox.pty.kill(pid)).toBe(false);
  });

  it.each([
    [{ cols: 0, rows: 1 }, "cols: 0 is not valid."],
    [{ cols: 80, rows: 1.5 }, "rows: 1.5 is not valid."],
  ])("of size %j are refused", async (wrong, message) => {
    await expect(Promise.resolve().then(() => sandbox.pty.create(wrong))).rejects.toMatchObject({ message });
  });
});
