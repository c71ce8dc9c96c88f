import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { expect, test } from "vitest";
import { createProvider } from "../../src/provider";
import { getSandbox, listSandboxes, owned } from "../../src/tiers";
import { leakCheckEachTest } from "../support/leak-check";
import { seededRandom } from "../support/random";
import { sleep } from "../support/until";
import { AGENT, destroyAfterEach, PASSPHRASE, Project } from "./stack-scene";

// The command is killed with -9 in the middle of an up or a destroy of real sandboxes; then one that is not killed has to
// bring world and state together. Not proven: a machine that loses power, and moments that chance did not pick.

leakCheckEachTest();
destroyAfterEach();

const ROUNDS = process.env["SANDSTACK_SOAK"] === undefined ? 50 : 200;
/** A blow falls so many ms after an event, however busy the machine is: after any of the first … */
const EVENTS = 24;
const AFTER_EVENT_MS = 60;
/** … or after the sandbox itself is begun with, which takes longest. */
const BEGUN = /"event":"step",.*"op":"(create|create-replacement|update|delete)".*"type":"sandstack:local:Instance"/;
const AFTER_BEGUN_MS = 120;

/** The compiled one: it loads the user's program as the command does. */
const { Engine, readProject } = createRequire(__filename)("sandstack/engine") as typeof import("../../src/engine");

const random = seededRandom();

type Operation = "up" | "destroy";

/** What is declared, one of a few: the sandbox stays, changes in place, or is replaced. */
function declaration(): string {
  const [tier, memory] = [random.pick(["chroot", "chroot", "nspawn"]), random.pick(["128MiB", "256MiB"])];
  return AGENT.replace('tier: "chroot"', `tier: "${tier}"`).replace('?? "128MiB"', `?? "${memory}"`);
}

/** @returns whether it was still at it */
async function killed(project: Project, operation: Operation): Promise<boolean> {
  const { child, ended } = project.start(operation, ...(operation === "destroy" ? ["--json", "--yes"] : ["--json"]));
  const anywhere = random.pick([true, false]);
  let left = Math.floor(random.next() * EVENTS);
  for await (const line of createInterface({ input: child.stdout as Readable })) {
    if (anywhere ? left-- === 0 : BEGUN.test(line)) break;
  }
  await sleep(random.next() * (anywhere ? AFTER_EVENT_MS : AFTER_BEGUN_MS));
  child.kill("SIGKILL");
  return (await ended).signal === "SIGKILL";
}

/** In this process, which is quicker. */
async function whole(project: Project, operation: Operation): Promise<void> {
  const engine = new Engine({
    project: readProject(join(project.folder, "Pulumi.yaml")),
    stack: "local",
    passphrase: PASSPHRASE,
    providers: { sandstack: createProvider },
  });
  await engine[operation]();
}

function pendingOf(project: Project): unknown[] {
  const { checkpoint } = JSON.parse(project.read(".pulumi/stacks/lab/local.json")) as {
    checkpoint: { latest: { pending_operations?: unknown[] } };
  };
  return checkpoint.latest.pending_operations ?? [];
}

test(
  `world and state agree after a kill and what follows (seed ${random.seed}, ${ROUNDS} times)`,
  async () => {
    const project = new Project();
    // Tests before this one have left records of sandboxes that have ended.
    const earlier = new Set(listSandboxes().sandboxes.map(({ id }) => id));
    await project.say("up");
    let [cutOff, halfway] = [0, 0];
    for (let round = 0; round < ROUNDS; round += 1) {
      project.write("index.ts", declaration());
      const first = random.pick(["up", "up", "destroy"] as const);
      if (await killed(project, first)) cutOff += 1;
      halfway += pendingOf(project).length;
      const next = random.pick(["up", "destroy"] as const);
      await whole(project, next);
      const sandboxes = listSandboxes().sandboxes.filter(({ id }) => !earlier.has(id));
      const told = `round ${round}: ${next} after a killed ${first}`;
      expect(pendingOf(project), told).toEqual([]);
      if (next === "up") {
        const { sandbox, owner } = project;
        expect(sandboxes, told).toMatchObject([{ id: sandbox, owner, state: "running" }]);
        expect(new Set(owned().map((object) => object.sandbox)), told).toEqual(new Set([sandbox]));
        expect(project.read("index.ts"), told).toContain(`tier: "${getSandbox(sandbox).tier}"`);
      } else {
        expect([sandboxes, owned()], told).toEqual([[], []]);
        expect(project.read(".pulumi/stacks/lab/local.json"), told).not.toContain("urn:pulumi");
      }
    }
    // Most blows fall into the work, and some between what was begun and what came of it.
    expect(cutOff).toBeGreaterThan(ROUNDS / 3);
    expect(halfway).toBeGreaterThan(ROUNDS / 10);
  },
  60_000 + ROUNDS * 10_000,
);
