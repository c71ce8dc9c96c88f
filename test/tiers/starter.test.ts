import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { Sandbox } from "../../runtime";
import type { SandstackError } from "../../src/model/error";
import { leakCheckEachTest } from "../support/leak-check";
import { listProcesses } from "../support/leaks/processes";
import { until } from "../support/until";

// What starts keepers for this process: no sandbox depends on it, and it does not stay.

leakCheckEachTest();

const startersOf = (parent: number) =>
  [...listProcesses().values()].filter((p) => p.parent === parent && / starter$/.test(p.command)).map((p) => p.pid);
const own = () => startersOf(process.pid);

describe.each(["chroot", "nspawn"] as const)("the starter of sandboxes on %s", (tier) => {
  it("is one for many at once, and gone soon after the last has ended", async () => {
    await until("an earlier one's end", 5_000, () => own().length === 0);
    const sandboxes = await Promise.all(Array.from({ length: 5 }, () => Sandbox.create({ tier })));
    const starters = own();
    expect(starters).toHaveLength(1);
    await Promise.all(sandboxes.map((sandbox) => sandbox.kill()));
    await until("its end", 5_000, () => own().length === 0);
  });

  it("is not needed by a sandbox that runs: it may die, and the next one gets another", async () => {
    await using first = await Sandbox.create({ tier });
    const [starter] = own();
    process.kill(starter as number, "SIGKILL");
    await until("its death", 5_000, () => !listProcesses().has(starter as number));
    await using second = await Sandbox.create({ tier });
    for (const sandbox of [first, second]) {
      expect((await sandbox.commands.run(["echo", "alive"])).stdout).toBe("alive\n");
    }
  });

  it("that dies while one is made takes the half-made along: one clear error, and nothing is left", async () => {
    await using first = await Sandbox.create({ tier });
    const [starter] = own();
    // Stopped, it forks only when it goes on, which it never does.
    process.kill(starter as number, "SIGSTOP");
    const creating = Sandbox.create({ tier });
    setTimeout(() => process.kill(starter as number, "SIGKILL"), 100);
    const error = await creating.catch((thrown: unknown) => thrown as SandstackError);
    expect(error).toMatchObject({ code: "START_FAILED" });
    expect((error as SandstackError).message).toMatch(/was lost with its starter/);
    await using next = await Sandbox.create({ tier });
    for (const sandbox of [first, next]) {
      expect((await sandbox.commands.run(["echo", "alive"])).stdout).toBe("alive\n");
    }
  });
});

it("a process that has made a sandbox ends when it has nothing else to do, and the sandbox lives on", async () => {
  const program = `
    const { Sandbox } = require(${JSON.stringify(`${process.cwd()}/dist/runtime/index.js`)});
    void Sandbox.create({ tier: "chroot" }).then((sandbox) => {
      process.stdout.write(JSON.stringify(sandbox.connection));
      sandbox.disconnect();
    });`;
  const connection = execFileSync(process.execPath, ["-e", program], { encoding: "utf8", timeout: 30_000 });
  await using sandbox = await Sandbox.connect(connection);
  expect((await sandbox.commands.run(["echo", "alive"])).stdout).toBe("alive\n");
});
