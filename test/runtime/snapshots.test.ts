import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Sandbox } from "../../runtime";
import { LOCAL_TIERS } from "../../src/model/tier";
import { removeSnapshot } from "../../src/tiers";
import { until } from "../support/until";

// Not proven: that time does not grow with size (npm run bench), and that nothing leaks when it fails (test/tiers).

describe.each(LOCAL_TIERS)("snapshots on %s", (tier) => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await Sandbox.create({ tier });
  });
  afterAll(() => sandbox.kill());

  it("bring back what was removed and written over, and take away what is new", async () => {
    await sandbox.commands.run("echo old > kept; mkdir d; echo deep > d/f; echo t > /tmp/t");
    const before = await sandbox.createSnapshot({ description: "before" });
    expect(before).toMatchObject({ sandboxId: sandbox.sandboxId, description: "before", keep: false });
    await sandbox.commands.run("echo new > kept; rm -rf d /tmp/t; echo x > added");
    await sandbox.rollback(before);
    expect((await sandbox.commands.run("cat kept d/f /tmp/t; ls")).stdout).toBe("old\ndeep\nt\nd\nkept\n");
    await sandbox.commands.run("rm kept");
    await sandbox.rollback(before.id);
    expect(await sandbox.files.read("/home/agent/kept")).toBe("old\n");
  });

  it("end no command, and a rollback ends all, with its streams and watches", async () => {
    const running = await sandbox.commands.run(["sleep", "60"], { background: true });
    const snapshot = await sandbox.createSnapshot();
    expect((await sandbox.commands.list()).map(({ pid }) => pid)).toContain(running.pid);
    const exits: string[] = [];
    await sandbox.files.watchDir("/tmp", () => {}, {
      onExit: (error) => exits.push((error as { code?: string }).code ?? ""),
    });
    const foreground = sandbox.commands.run(["sleep", "60"]);
    const settled = foreground.catch((error: { code: string }) => error.code);
    await sandbox.rollback(snapshot);
    await expect(running.wait()).rejects.toMatchObject({ code: "ROLLED_BACK" });
    expect(await settled).toBe("ROLLED_BACK");
    expect(exits).toEqual(["ROLLED_BACK"]);
    expect(await sandbox.commands.list()).toEqual([]);
    expect((await sandbox.commands.run(["echo", "alive"])).stdout).toBe("alive\n");
  });

  it("leave a watch as it is", async () => {
    await sandbox.commands.run("mkdir -p watched/deep");
    const told: string[] = [];
    const watch = await sandbox.files.watchDir(
      "/home/agent/watched",
      ({ type, name }) => void told.push(`${type} ${name}`),
      { recursive: true },
    );
    for (const name of ["one", "two"]) {
      await sandbox.createSnapshot();
      await sandbox.commands.run(`touch watched/deep/${name}; mkdir watched/${name}`);
      await until(`what was made, in ${told.join()}`, 10_000, () => told.includes(`create deep/${name}`));
      await sandbox.commands.run(`touch watched/${name}/in`);
      await until(`what is in it, in ${told.join()}`, 10_000, () => told.includes(`create ${name}/in`));
    }
    watch.stop();
  });

  it("are where other sandboxes begin, each for itself", async () => {
    await sandbox.commands.run("echo shared > begin");
    const snapshot = await sandbox.createSnapshot();
    await sandbox.commands.run("echo later > begin");
    await using other = await Sandbox.create({ tier, snapshot });
    expect(await other.files.read("/home/agent/begin")).toBe("shared\n");
    await other.files.write("/home/agent/begin", "its own");
    expect(await sandbox.files.read("/home/agent/begin")).toBe("later\n");
  });

  it("that are kept outlive their sandbox, others do not", async () => {
    const first = await Sandbox.create({ tier });
    await first.commands.run("echo kept > f");
    const [kept, other] = [await first.createSnapshot({ keep: true }), await first.createSnapshot()];
    await first.kill();
    try {
      await using second = await Sandbox.create({ tier, snapshot: kept.id });
      expect(await second.files.read("/home/agent/f")).toBe("kept\n");
      await expect(Sandbox.create({ tier, snapshot: other.id })).rejects.toMatchObject({ code: "NO_SUCH_SNAPSHOT" });
    } finally {
      await removeSnapshot(kept.id);
    }
  });

  it("that are none are refused, and nothing has changed", async () => {
    await sandbox.commands.run("echo here > still");
    await expect(sandbox.rollback("snap-aaaaaaaaaaaa")).rejects.toMatchObject({ code: "NO_SUCH_SNAPSHOT" });
    await expect(sandbox.rollback("")).rejects.toMatchObject({ code: "INVALID_OPTION" });
    expect(await sandbox.files.read("/home/agent/still")).toBe("here\n");
  });

  it("of something ended are refused, saying when and why it ended", async () => {
    const ended = await Sandbox.create({ tier });
    await ended.kill();
    await expect(ended.createSnapshot()).rejects.toMatchObject({
      code: "ENDED",
      message: /ended at 20.*it was killed/,
    });
  });
});
