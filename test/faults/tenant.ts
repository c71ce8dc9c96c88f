import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Sandbox as SandboxType } from "../../runtime";
import { seededRandom } from "../support/random";
import { sleep } from "../support/until";

// A process that lives in a state directory of its own: it does random things to its sandboxes, and looks after each
// whether all that should live do. In the end it prints what is left, which should be nothing.

const load = createRequire(__filename);
/** Loads a module as it is built: what is loaded late has another name in the sources. */
const dist = (path: string): unknown => load(join(__dirname, "../../dist", path));
const { Sandbox } = dist("runtime/index.js") as typeof import("../../runtime");
const { statePath } = dist("src/model/state-dir.js") as typeof import("../../src/model/state-dir");
const { collectGarbage, listSandboxes, orphans, owned } = dist(
  "src/tiers/index.js",
) as typeof import("../../src/tiers");
const { ledgerId } = dist("src/tiers/ledger/ledger-id.js") as typeof import("../../src/tiers/ledger/ledger-id");

const OPERATIONS = 20;
/** Until it is moved, so that the cgroup's name soon tells a deadline that is over. */
const FIRST_TTL_MS = 3_000;
const random = seededRandom(Number(process.argv[2]));
const living = new Map<string, SandboxType>();

const OPERATE: Record<string, (sandbox: SandboxType) => Promise<unknown>> = {
  extend: (sandbox) => sandbox.setTimeout("60s"),
  async shorten(sandbox) {
    living.delete(sandbox.sandboxId);
    await sandbox.setTimeout(200);
  },
  snapshot: (sandbox) => sandbox.createSnapshot(),
  killKeeper(sandbox) {
    living.delete(sandbox.sandboxId);
    process.kill(
      Number(readFileSync(statePath("sandboxes", sandbox.sandboxId, "keeper"), "utf8").split(" ")[0]),
      "SIGKILL",
    );
    return Promise.resolve();
  },
  gc,
  destroy(sandbox) {
    living.delete(sandbox.sandboxId);
    return sandbox.kill();
  },
};

async function gc(): Promise<void> {
  const { problems } = await collectGarbage();
  const [problem] = problems;
  if (problem !== undefined) throw new Error(`gc: ${problem.message}`);
}

async function create(): Promise<void> {
  const sandbox = await Sandbox.create({ tier: random.pick(["chroot", "nspawn"]), ttl: FIRST_TTL_MS });
  await sandbox.setTimeout("60s");
  living.set(sandbox.sandboxId, sandbox);
}

/** Each answers by the way in that it has, and by a new one. */
async function look(after: string): Promise<void> {
  for (const [id, sandbox] of living) {
    try {
      await sandbox.commands.run(["true"]);
      (await Sandbox.connect(id)).disconnect();
    } catch (cause) {
      throw new Error(`${id} is dead after ${after}`, { cause });
    }
  }
}

async function live(): Promise<void> {
  for (let i = 0; i < OPERATIONS; i++) {
    const name = living.size === 0 || random.next() < 0.3 ? "create" : random.pick(Object.keys(OPERATE));
    if (name === "create") await create();
    else await OPERATE[name]?.(random.pick([...living.values()]));
    await look(`${i}: ${name}`);
  }
}

/** All goes, as by a user who is through. */
async function leave(): Promise<string[]> {
  for (const sandbox of living.values()) await sandbox.kill();
  const isThere = () => listSandboxes().sandboxes.some(({ state }) => state !== "ended");
  for (let tries = 0; isThere() && tries < 50; tries++) {
    await gc();
    await sleep(100);
  }
  const { objectsWithoutRecord, recordsWithoutSandbox } = await orphans();
  const ids = listSandboxes().sandboxes.map(({ id }) => id);
  const ours = owned().filter(({ sandbox, ledger }) => ledger === ledgerId() || ids.includes(sandbox));
  return [...ours, ...objectsWithoutRecord]
    .map(({ kind, where }) => `${kind} ${where}`)
    .concat(recordsWithoutSandbox.map(({ id }) => `record ${id}`))
    .concat(existsSync(statePath("gc.lock")) ? ["lock"] : []);
}

void (async () => {
  try {
    await live();
    process.stdout.write(`left ${JSON.stringify(await leave())}\n`);
  } catch (thrown) {
    const { message, cause } = thrown as Error;
    process.stdout.write(`failed ${message}: ${String((cause as Error | undefined)?.message)}\n`);
    for (const sandbox of living.values()) await sandbox.kill().catch(() => undefined);
    await gc().catch(() => undefined);
  }
})();
