import { spawn } from "node:child_process";
import { expect, it } from "vitest";
import { owned } from "../../src/tiers";
import { leakCheckEachTest } from "../support/leak-check";
import { sleep } from "../support/until";

// The story of `npm start`, as set-up starts it. Not proven: how it looks on a terminal, and the first build of its image.

leakCheckEachTest();

interface Told {
  code: number | null;
  signal: NodeJS.Signals | null;
  text: string;
}

/** Tells it, and interrupts it once it has shown a text. */
function tell(interruptAt?: RegExp): Promise<Told> {
  const child = spawn(process.execPath, ["dist/examples/story/story.js"], { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  let waiting = interruptAt;
  const read = (data: Buffer) => {
    text += data.toString();
    if (!waiting?.test(text)) return;
    waiting = undefined;
    // What is said stands before what is then done.
    void sleep(20).then(() => child.kill("SIGINT"));
  };
  child.stdout.on("data", read);
  child.stderr.on("data", read);
  return new Promise((resolve) => child.on("close", (code, signal) => resolve({ code, signal, text })));
}

it("ends well: wrecked, brought back, nothing left", async () => {
  const { code, text } = await tell();
  expect(text).toMatch(/\$ ls \/\n.*passwd/);
  expect(text).toMatch(/canary .* lives/);
  expect(text).toMatch(/back after [\d.]+ ms/);
  expect(text).toContain("the same report, to the byte");
  expect(rowsOf(text)).toContainEqual(["process", expect.stringMatching(/^[1-9]/), expect.anything(), "0"]);
  expect(rowsOf(text).filter(([, made, gone, left]) => made !== gone || left !== "0")).toEqual([]);
  expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
  expect(text).not.toContain("\x1b");
  expect(code).toBe(0);
});

it.each([/1\. /, /2\. /, /3\. /, /rm -rf/, /7\. /])("Ctrl-C after %s leaves nothing", async (moment) => {
  const { code, signal, text } = await tell(moment);
  expect({ code, signal, text }).toMatchObject({ code: 130, signal: null });
  expect(owned()).toEqual([]);
});

/** The receipt: what, made, gone, left. */
function rowsOf(text: string): string[][] {
  const rows = text.matchAll(/^ {3}([a-z ]+?) {2,}(\d+) +(\d+) +(\d+)$/gm);
  return [...rows].map((match) => match.slice(1));
}
