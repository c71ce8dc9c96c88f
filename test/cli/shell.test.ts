import { existsSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Sandbox } from "../../runtime";
import { LOCAL_TIERS } from "../../src/model/tier";
import { newMarker, withMarker } from "../faults/parts";
import { leakCheckEachTest } from "../support/leak-check";
import { until } from "../support/until";
import { onTerminal } from "./terminal";

// Not proven: programs that fill the screen; only that bytes, size and signals get through. Node's raw mode leaves the
// terminal to put a \r before each \n, so that some lines end with two.

describe.each(LOCAL_TIERS)("a shell in %s", (tier) => {
  leakCheckEachTest();
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await Sandbox.create({ tier, ttl: "60s" });
  });
  afterEach(() => sandbox.kill());

  test("is a terminal with our size, gets our keys, and gives its exit code", async () => {
    const terminal = onTerminal(["shell", sandbox.sandboxId]);
    await terminal.shows(/[$#] $/);
    terminal.type("stty size; echo $((6 * 7)) $TERM; tty\r");
    await terminal.shows(/24 80\r+\n42 \S+\r+\n\/dev\/pts\/\d+\r+\n/);
    terminal.enlarge();
    terminal.type("until stty size | grep '40 100'; do sleep 0.05; done\r");
    await terminal.shows(/40 100\r+\n/);
    terminal.type("exit 9\r");
    expect(await terminal.ended).toMatchObject({ code: 9, said: "terminal as before\n" });
  });

  test("gets Ctrl-C as a key: what runs in it ends, the shell does not", async () => {
    const terminal = onTerminal(["shell", "--cwd", "/tmp", "--env", "GREETING=hello there", sandbox.sandboxId]);
    await terminal.shows(/[$#] $/);
    const marker = newMarker();
    terminal.type(`sleep ${marker}\r`);
    await until("the sleep", 10_000, () => withMarker(marker).length > 0);
    terminal.type("\x03");
    terminal.type("echo [$GREETING] [$PWD]\r");
    await terminal.shows(/\[hello there\] \[\/tmp\]\r+\n/);
    terminal.type("\x04");
    expect((await terminal.ended).said).toBe("terminal as before\n");
  });

  test("gives the terminal back when it is told to end, and when the sandbox is killed", async () => {
    const told = onTerminal(["shell", sandbox.sandboxId]);
    await told.shows(/[$#] $/);
    process.kill(told.pid(), "SIGTERM");
    expect(await told.ended).toMatchObject({ code: 143, said: "terminal as before\n" });
    expect(await sandbox.isRunning()).toBe(true);

    const killed = onTerminal(["shell", sandbox.sandboxId]);
    await killed.shows(/[$#] $/);
    await sandbox.kill();
    const { code, said, shown } = await killed.ended;
    expect([code, said]).toEqual([1, "terminal as before\n"]);
    expect(shown).toMatch(/has ended at .*: it was killed/);
  });

  test("ends when the terminal goes away", async () => {
    const terminal = onTerminal(["shell", sandbox.sandboxId]);
    await terminal.shows(/[$#] $/);
    terminal.close();
    await until("the command is gone", 10_000, () => !existsSync(`/proc/${terminal.pid()}`));
    for (let left = 1; left > 0;) left = (await sandbox.commands.list()).length;
  });
});

test("progress and remarks are shown on a terminal", async () => {
  const terminal = onTerminal(["run", "--", "sh", "-c", "echo done"]);
  const { code, shown } = await terminal.ended;
  expect(code).toBe(0);
  expect(shown).toMatch(/^\S*sandstack: tier nspawn, the strongest that is built \(--tier chroot is weaker\)/);
  expect(shown).toMatch(/done\r+\n$/);
});
