import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../support/random";
import { sleep } from "../support/until";
import { churnFiles, declareChurn } from "./churn";
import { runEngine, startEngine, writeProject } from "./process";
import { Scene } from "./scene";

// The engine is killed in the middle of an update or a destroy, and the next one has to come to terms with that.
// Not proven: a machine that loses power.

const ROUNDS = process.env["SANDSTACK_SOAK"] === undefined ? 8 : 200;
const random = seededRandom();

function writeRound(scene: Scene, round: number): void {
  const churn = JSON.stringify(join(__dirname, "churn"));
  const text = `import { declareChurn } from ${churn};\ndeclareChurn(${JSON.stringify(scene.world)}, ${round});\n`;
  writeFileSync(join(scene.folder, "index.ts"), text);
}

/** What the state speaks of: what it has, and what was under way. */
function spokenOf(scene: Scene): string[] {
  const { resources, pending } = scene.state();
  const all = [...resources, ...pending.map(({ resource }) => resource)];
  return all.map(({ inputs, id }) =>
    (id ?? (inputs?.["path"] as string | undefined) ?? "").replace(`${scene.world}/`, ""),
  );
}

/** Starts it, and kills it at a moment after its first step. @returns whether it was still at it */
async function kill(scene: Scene, operation: "up" | "destroy", afterMs: number): Promise<boolean> {
  const engine = startEngine(scene, operation);
  const begun = () => engine.lines.some((line) => "event" in line && line.event === "step");
  while (!begun() && engine.child.exitCode === null) await sleep(2);
  await sleep(afterMs);
  engine.child.kill("SIGKILL");
  return (await engine.ending) === undefined;
}

describe("an engine that is killed", () => {
  it(
    `leaves a whole state, and the next one finds everything (seed ${random.seed}, ${ROUNDS} times)`,
    async () => {
      const scene = new Scene();
      writeProject(scene, {});
      let cutOff = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        writeRound(scene, round);
        const operation = random.pick(["up", "up", "destroy"] as const);
        if (await kill(scene, existsSync(scene.stateFile) ? operation : "up", random.next() * 250)) cutOff += 1;
        // Whatever is in the world is in the state or was written down before it was begun.
        const spoken = spokenOf(scene);
        expect(Object.keys(scene.files()).filter((name) => !spoken.includes(name))).toEqual([]);

        const next = random.pick(["up", "destroy"] as const);
        const engine = scene.engine(() => declareChurn(scene.world, round));
        await engine[next]();
        expect(scene.state().pending).toEqual([]);
        expect(Object.keys(scene.files()).sort()).toEqual(next === "up" ? churnFiles(round) : []);
        expect(scene.known()).toEqual(Object.keys(scene.files()).sort());
      }
      expect(cutOff).toBeGreaterThan(0);
    },
    60_000 + ROUNDS * 20_000,
  );

  it("has its interrupted creates of a foreign provider told, not repeated", async () => {
    const scene = new Scene();
    await scene.up(() => declareChurn(scene.world, 1));
    const text = scene.stateText();
    const { resources } = scene.state();
    const provider = resources.find(({ type }) => type.startsWith("pulumi:providers"));
    const urn = "urn:pulumi:dev::project::other:index:Thing::lost";
    const lost = { urn, custom: true, type: "other:index:Thing", provider: `${provider?.urn}::${provider?.id}` };
    const pending = `"pending_operations":${JSON.stringify([{ resource: lost, type: "creating" }])},"metadata"`;
    writeFileSync(scene.stateFile, text.replace('"metadata"', pending));
    await scene.up(() => declareChurn(scene.world, 1));
    expect(scene.events).toContainEqual(
      expect.objectContaining({ severity: "warning", urn, message: expect.stringContaining("may exist") as string }),
    );
    expect(scene.state().pending).toHaveLength(1);
  });

  it("twice, the second time while it repeats what the first had begun", async () => {
    const scene = new Scene();
    writeProject(scene, {});
    for (let round = 0; round < 2; round += 1) {
      writeRound(scene, 0);
      await kill(scene, "up", 40 * (round + 1));
    }
    expect((await runEngine(scene, "up")).ended).toBe("well");
    expect(scene.known()).toEqual(churnFiles(0));
    expect(Object.keys(scene.files()).sort()).toEqual(churnFiles(0));
  });
});
