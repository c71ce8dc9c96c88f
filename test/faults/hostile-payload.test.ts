import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Sandbox } from "../../runtime";
import { sandstack, start } from "../cli/cli";
import { leakCheckEachTest } from "../support/leak-check";
import { sleep, until } from "../support/until";
import { newMarker, withMarker } from "./parts";

// What a payload may do to its own sandbox it may; its neighbour, the host and who called it go on.

leakCheckEachTest();

describe.each(["chroot", "nspawn"] as const)("%s", (tier) => {
  let sandbox: Sandbox;
  let neighbour: Sandbox;
  beforeEach(async () => {
    const limits = { memory: "96MiB", processes: 64, disk: "64MiB" };
    [sandbox, neighbour] = await Promise.all([Sandbox.create({ tier, limits }), Sandbox.create({ tier })]);
  });
  afterEach(() => Promise.all([sandbox.kill(), neighbour.kill()]));

  async function expectNeighbourWell(): Promise<void> {
    expect((await neighbour.commands.run(["echo", "well"])).stdout).toBe("well\n");
  }

  it("a fork bomb", async () => {
    const bomb = sandbox.commands.run("bomb() { bomb | bomb & }; bomb; sleep 1000", {
      timeoutMs: 2_000,
      reject: false,
    });
    bomb.catch(() => {});
    await sleep(500);
    await expectNeighbourWell();
    await Promise.race([bomb.catch(() => {}), sleep(10_000).then(() => expect.fail("the bomb's command never ended"))]);
    await expectNeighbourWell();
  });

  it("memory past the cap", async () => {
    const take = "x = bytearray(1 << 30)\nfor i in range(0, 1 << 30, 4096): x[i] = 1\nprint('took it')";
    const result = await sandbox.commands.run(["python3", "-c", take], { reject: false });
    expect(result.stdout).toBe("");
    expect(result.exitCode).not.toBe(0);
    await expectNeighbourWell();
    expect((await sandbox.commands.run(["echo", "still here"])).stdout).toBe("still here\n");
  });

  it("disk past the cap", async () => {
    const fill = await sandbox.commands.run("dd if=/dev/zero of=/tmp/full bs=1M count=200", { reject: false });
    expect(fill.exitCode).not.toBe(0);
    expect(fill.stderr).toContain("No space left on device");
    await expectNeighbourWell();
    await sandbox.commands.run(["rm", "/tmp/full"]);
    await sandbox.files.write("/home/agent/after", "room again");
    expect(await sandbox.files.read("/home/agent/after")).toBe("room again");
  });

  it("a million lines", async () => {
    let seen = 0;
    let last = "";
    await sandbox.commands.run(["seq", "1000000"], {
      onStdout: (text) => {
        seen += text.split("\n").length - 1;
        last = text;
      },
    });
    expect(seen).toBe(1_000_000);
    expect(last.endsWith("1000000\n")).toBe(true);
  });

  it("a reader that stops reading holds its command up, and nothing else", async () => {
    const marker = newMarker();
    const reader = start([
      "exec",
      sandbox.sandboxId,
      "--",
      "sh",
      "-c",
      `: ${marker}; while :; do echo ${"y".repeat(4000)}; done`,
    ]);
    reader.child.stdout?.pause();
    await until("the command", 10_000, () => withMarker(marker).length > 1);
    await sleep(1_000);
    expect((await sandbox.commands.run(["echo", "other"])).stdout).toBe("other\n");
    await expectNeighbourWell();
    reader.child.stdout?.destroy();
    await reader.ended;
    await until("the command's end", 10_000, () => withMarker(marker).length === 0);
  });

  it("a command that closes its own output, and a caller without any", async () => {
    expect(await sandbox.commands.run("exec >&- 2>&-; exit 3", { reject: false })).toMatchObject({ exitCode: 3 });
    const closed = start(["exec", sandbox.sandboxId, "--", "sh", "-c", "echo nobody hears; exit 4"], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    expect(await closed.ended).toMatchObject({ code: 4 });
    expect(await sandstack(["exec", sandbox.sandboxId, "--", "true"])).toMatchObject({ code: 0 });
  });
});
