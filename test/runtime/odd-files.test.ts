import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Sandbox } from "../../runtime";
import { LOCAL_TIERS } from "../../src/model/tier";

const TIME = `
import datetime, os, sys
ns = os.stat(sys.argv[1]).st_mtime_ns
t = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=ns // 1000)
print(t.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (t.microsecond // 1000))
`;

describe.each(LOCAL_TIERS)("files on %s", (tier) => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await Sandbox.create({ tier });
  });
  afterAll(() => sandbox.kill());
  const sh = async (script: string) => (await sandbox.commands.run(script)).stdout;

  it("that a loop of links leads to are not there", async () => {
    await sh("ln -s loop-b loop-a; ln -s loop-a loop-b");
    expect(await sandbox.files.exists("/home/agent/loop-a")).toBe(false);
    expect(await sandbox.files.exists("/home/agent/loop-a/x")).toBe(false);
    expect(await sandbox.files.getInfo("/home/agent/loop-a")).toMatchObject({ type: "symlink" });
  });

  it("tell the time that they have, before 1970 and in a far year too", async () => {
    await sh("touch -d '1901-12-14T00:00:00.25Z' old; touch -d @-1 last; touch -d '2300-01-01T00:00:00Z' far");
    const listed = await sandbox.files.list("/home/agent");
    const timeOf = (name: string) => listed.find((entry) => entry.name === name)?.modifiedTime.toISOString();
    expect(timeOf("last")).toBe("1969-12-31T23:59:59.000Z");
    for (const name of ["old", "far"]) {
      // A file system may have no room for it; what the sandbox sees is told.
      const seen = (await sandbox.commands.run(["python3", "-c", TIME, name])).stdout.trim();
      expect(timeOf(name)).toBe(seen);
    }
    expect((await sandbox.files.getInfo("/home/agent/last")).modifiedTime.getTime()).toBe(-1_000);
  });

  it("of the sandbox itself stay: they can't be removed, moved or written over", async () => {
    const names = ["/dev", "/proc", "/run", "/sys", "/dev/shm", "/dev/pts", "/proc/", "/tmp/../proc"];
    for (const path of names) {
      const refusal = { code: "PERMISSION_DENIED", message: `${path}: it is the sandbox's own, and stays as it is` };
      if (!(await sandbox.files.exists(path))) continue;
      await expect(sandbox.files.remove(path)).rejects.toMatchObject(refusal);
      await expect(sandbox.files.rename(path, "/tmp/moved")).rejects.toMatchObject(refusal);
    }
    expect(await sandbox.files.exists("/tmp/moved")).toBe(false);
    expect(await sh("ls -d /dev/pts /dev/shm /dev/null /run; echo x > /dev/null; echo alive")).toContain("alive");
    await sandbox.files.write("/home/agent/proc/a", "x");
    await sandbox.files.remove("/home/agent/proc");
    expect(await sandbox.files.exists("/home/agent/proc")).toBe(false);
  });
});
