import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { owned } from "../../src/tiers";
import { leakCheckEachTest } from "../support/leak-check";
import { sleep } from "../support/until";

// The story of `npm start`, as set-up starts it. Not proven: how it looks on a terminal, and a kill -9 of it: then its
// sandboxes run until their ttl.

leakCheckEachTest();

interface Told {
  code: number | null;
  signal: NodeJS.Signals | null;
  text: string;
}

/** What is in the checkout where a stack would leave something. */
const checkout = () => [".", "stacks"].map((folder) => readdirSync(folder));

/** Tells it, and interrupts it so many ms after it has shown a text. */
function tell({ interruptAt, after = 20, env = {} }: Interruption = {}): Promise<Told> {
  const child = spawn(process.execPath, ["dist/examples/story/story.js"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  let text = "";
  let waiting = interruptAt;
  const read = (data: Buffer) => {
    text += data.toString();
    if (!waiting?.test(text)) return;
    waiting = undefined;
    // What is said stands before what is then done.
    void sleep(after).then(() => child.kill("SIGINT"));
  };
  child.stdout.on("data", read);
  child.stderr.on("data", read);
  return new Promise((resolve) => child.on("close", (code, signal) => resolve({ code, signal, text })));
}

interface Interruption {
  interruptAt?: RegExp;
  after?: number;
  env?: NodeJS.ProcessEnv;
}

it("ends well: declared, wrecked, brought back, unchanged, nothing left", async () => {
  const before = checkout();
  const { code, text } = await tell();
  expect(text).toMatch(/up\nUpdating sandboxes\/demo\n[^]*^Resources: \+ 13 created$/m);
  expect(text).toMatch(/\$ ls \/\n.*passwd/);
  expect(text).toMatch(/canary .* lives/);
  expect(text).toMatch(/back after [\d.]+ ms/);
  expect(text).toContain("the same report, to the byte");
  expect(text).toMatch(/logs report\n {3}\| goal: Which product[^]*exit code 0\n/);
  expect(text).toMatch(/^Resources: 13 unchanged$/m);
  expect(text).toMatch(/^ {4}sandbox +agent .* gone$/m);
  const [, had, gone] = /^ {4}(\d+) objects bore its mark: (\d+) are gone$/m.exec(text) ?? [];
  expect([Number(had) > 10, gone]).toEqual([true, had]);
  expect(text).toMatch(/^ {4}left: nothing$/m);
  // A connection is as long as it is.
  expect(text.split("\n").filter((line) => line.length > 80 && !line.includes('{"version"'))).toEqual([]);
  expect(text).not.toContain("\x1b");
  expect(code).toBe(0);
  expect(checkout()).toEqual(before);
});

it.each([/1\. /, /Owner lab created/, /Lease agent created/, /3\. /, /rm -rf/, /8\. /, /9\. /])(
  "Ctrl-C after %s leaves nothing",
  async (interruptAt) => {
    const before = checkout();
    const { code, signal, text } = await tell({ interruptAt });
    expect({ code, signal, text }).toMatchObject({ code: 130, signal: null });
    expect(owned()).toEqual([]);
    expect(checkout()).toEqual(before);
  },
);

it("Ctrl-C while the image is built leaves nothing, and no half of it", async () => {
  const state = mkdtempSync("/var/tmp/sandstack-story-");
  try {
    const env = { SANDSTACK_STATE_DIR: state };
    const { code, text } = await tell({ interruptAt: /Owner lab created/, after: 2_500, env });
    expect(text).toContain("sandstack:local:Image python creating failed");
    expect(code).toBe(130);
    const images = readdirSync(join(state, "images"), { recursive: true, encoding: "utf8" });
    expect(images.filter((path) => path.startsWith("tmp/"))).toEqual([]);
    expect(existsSync(join(state, "sandboxes"))).toBe(false);
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
});
