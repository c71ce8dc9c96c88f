import { describe, expect, test } from "vitest";
import { FieldWriter } from "../../src/model/fields";
import { How, SpawnFlag, Tag, Verb } from "../../src/model/protocol";
import { DockerGuest, GUEST_UID, PAYLOAD_UID, useEngine } from "./docker";
import { list, readFile, stat, sh, writeFile } from "./file-calls";
import { pause, run } from "./harness";

const SH = ["/bin/sh", "-c"];
const OOM_FILES = "/sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control";
const engine = useEngine();

/** Lines "name value …" as a record. */
function table(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .trim()
      .split("\n")
      .map((line) => /^(\S+) ?(.*)$/.exec(line)!.slice(1) as [string, string]),
  );
}

describe("commands in a container", () => {
  test("run as the payload's user, without capabilities, and what they write and give arrives", async () => {
    const guest = await DockerGuest.start(engine(), { env: { SANDSTACK_PROCESSES: 100 } });
    const client = guest.bridge();
    const result = await run(client, [...SH, "echo out; echo err >&2; exit 7"]);
    expect(result).toMatchObject({ out: "out\n", err: "err\n", exitCode: 7 });
    const facts = table((await run(client, ["/probes/identity"])).out);
    const three = `${PAYLOAD_UID} ${PAYLOAD_UID} ${PAYLOAD_UID}`;
    expect(facts).toMatchObject({ uids: three, gids: three, groups: "" });
    expect(facts).toMatchObject({ effective: "00", permitted: "00", inheritable: "00", bounding: "0", ambient: "0" });
    expect(facts).toMatchObject({ no_new_privs: "1", seccomp: "2", core: "0", processes: "100", parent_death: "9" });
    expect(facts).toMatchObject({ ignored: "0", blocked: "0", leader: "1", descriptors: "0 1 2" });
  });

  test("have the image's variables and their user's, and none of ours", async () => {
    const guest = await DockerGuest.start(engine());
    const { out } = await run(await guest.connect(), ["env"]);
    expect(out).toContain("GREETING=hello\n");
    expect(out).toContain("PLACE=here\n");
    expect(out).toContain("HOME=/home/agent\n");
    expect(out).toContain("USER=agent\n");
    expect(out).not.toContain("SANDSTACK");
    const { out: cwd } = await run(await guest.connect(), [...SH, "pwd"]);
    expect(cwd).toBe("/home/agent\n");
  });

  test("root is refused, by name and number; other users are the same user with their name", async () => {
    const guest = await DockerGuest.start(engine());
    const client = await guest.connect();
    for (const user of ["root", "0", String(GUEST_UID)])
      await expect(client.spawn(["id"], { user }).end()).rejects.toThrow(/^(USER_REFUSED|UNKNOWN_USER)/);
  });

  test("work in an image that holds one program and no list of users", async () => {
    const guest = await DockerGuest.start(engine(), { image: "bare:1" });
    const client = await guest.connect();
    expect((await run(client, ["/probes/identity"])).out).toContain(`uids ${PAYLOAD_UID} `);
    for (const path of ["/tmp", "/var/tmp"]) expect((await stat(client, path)).number(Tag.MODE)).toBe(0o1777);
  });

  test("INFO tells what the container was made with", async () => {
    const deadline = 3_600_000;
    const guest = await DockerGuest.start(engine(), {
      deadline,
      env: { SANDSTACK_PROCESSES: 77, SANDSTACK_CPUS: 500 },
    });
    const info = await guest.bridge().open(Verb.INFO).end();
    expect([info.text(Tag.ID), info.text(Tag.TIER), info.text(Tag.USER)]).toEqual(["sbx-test", "docker", "agent"]);
    expect([info.number(Tag.PIDS_LIMIT), info.number(Tag.CPUS)]).toEqual([77, 500]);
    expect(info.number(Tag.DEADLINE)).toBeGreaterThan(Date.now());
  });
});

describe("a guest that is started wrongly says so", () => {
  test.each([
    ["", "has no usable SANDSTACK_UID"],
    ["0", "has no usable SANDSTACK_UID"],
    ["65000", "has no usable SANDSTACK_UID"],
    ["12x", "has no usable SANDSTACK_UID"],
  ])("SANDSTACK_UID=%s", async (uid, words) => {
    const guest = await DockerGuest.start(engine(), { env: { SANDSTACK_UID: uid } });
    expect(await guest.docker("wait")).toBe("1");
    expect(await guest.logs()).toContain(words);
  });

  test("as any process but the first", async () => {
    const guest = await DockerGuest.start(engine(), { args: ["--init"] });
    expect(await guest.docker("wait")).toBe("1");
    expect(await guest.logs()).toContain("for the first process of a container");
  });
});

describe("numbers and terminals in a container", () => {
  test("METRICS tells what is so", async () => {
    const guest = await DockerGuest.start(engine(), { env: { SANDSTACK_MEMORY: 99 } });
    const client = await guest.connect();
    await client.spawn(["sleep", "60"]).reply();
    const metrics = await client.open(Verb.METRICS).end();
    expect([metrics.number(Tag.PIDS), metrics.number(Tag.MEM_LIMIT)]).toEqual([1, 99]);
    expect(metrics.number(Tag.MEM_BYTES)).toBeGreaterThan(0);
    expect(metrics.number(Tag.CPU_NS)).toBeGreaterThan(0);
  });

  test("a command that the kernel killed for memory says so", async () => {
    const guest = await DockerGuest.start(engine(), { args: ["--memory=64m", "--memory-swap=64m"] });
    const client = await guest.connect();
    const result = await run(client, ["/probes/busy", "memory", "200"]);
    expect(result).toMatchObject({ signal: 9, how: How.OUT_OF_MEMORY });
    expect(await run(client, [...SH, "kill -9 $$"])).toMatchObject({ signal: 9, how: How.ITSELF });
  });

  test("of many small processes the kernel takes some, and not the guest", async () => {
    const guest = await DockerGuest.start(engine(), { args: ["--memory=64m", "--memory-swap=64m"] });
    const client = await guest.connect();
    const crowd = client.spawn(["/probes/busy", "crowd", "200"]);
    await crowd.reply();
    const kills = async (): Promise<number> =>
      Number(/oom_kill (\d+)/.exec(await sh(client, `cat ${OOM_FILES} 2>/dev/null`))?.[1]);
    while ((await kills()) < 20) await pause(20);
    expect((await client.open(Verb.INFO).end()).text(Tag.STATE)).toBe("running");
    expect(await guest.inspect("{{.State.Running}}")).toBe("true");
  });

  test("more processes than SANDSTACK_PROCESSES are not to be had, and it stays reachable", async () => {
    const args = ["--pids-limit=52"];
    const guest = await DockerGuest.start(engine(), { env: { SANDSTACK_PROCESSES: 20 }, args });
    const client = await guest.connect();
    const many = client.spawn([...SH, "sh -c 'while :; do sleep 60 & done'; sleep 60"]);
    await many.until(() => many.err.length > 0, "a refusal");
    const count = async () => (await client.open(Verb.METRICS).end()).number(Tag.PIDS);
    while ((await count()) !== 20) await pause(5);
    // The kernel lets one more through that changes to this user, as a command does.
    await client.spawn(["sleep", "60"]).reply();
    await expect(client.spawn(["true"]).end()).rejects.toThrow(/^LIMIT/);
    expect((await guest.bridge().open(Verb.INFO).end()).text(Tag.STATE)).toBe("running");
  });

  test("a terminal is one, and is resized", async () => {
    const client = (await DockerGuest.start(engine())).bridge();
    const flags = SpawnFlag.PTY | SpawnFlag.STDIN;
    const shell = client.spawn(["/bin/sh"], { flags, cols: 90, rows: 30 });
    const { number } = await shell.reply().then((reply) => ({ number: reply.number(Tag.PID) }));
    const size = new FieldWriter().number(Tag.PID, number).number(Tag.COLS, 77).number(Tag.ROWS, 22);
    await client.open(Verb.RESIZE, size).end();
    shell.data("stty size; tty; exit 5\n");
    expect((await shell.end()).number(Tag.EXIT_CODE)).toBe(5);
    expect(shell.out.toString()).toContain("22 77\r\n/dev/pts/");
  });
});

describe("files in a container", () => {
  test("that the client writes belong to the payload, and it may change them", async () => {
    const guest = await DockerGuest.start(engine());
    const client = await guest.connect();
    await writeFile(client, "/home/agent/deep/er/file", "by the client\n");
    const seen = await run(client, [
      "stat",
      "-c",
      "%u %g %a %n",
      "/home/agent",
      "/home/agent/deep",
      "/home/agent/deep/er/file",
    ]);
    const own = `${PAYLOAD_UID} ${PAYLOAD_UID}`;
    expect(seen.out).toBe(`${own} 755 /home/agent\n${own} 755 /home/agent/deep\n${own} 644 /home/agent/deep/er/file\n`);
    expect(await run(client, [...SH, "echo more >> /home/agent/deep/er/file"])).toMatchObject({ exitCode: 0 });
    expect(await readFile(client, "/home/agent/deep/er/file")).toBe("by the client\nmore\n");
    const entry = await stat(client, "/home/agent/deep/er/file");
    expect([entry.number(Tag.UID), entry.text(Tag.USER), entry.text(Tag.GROUP)]).toEqual([
      PAYLOAD_UID,
      "agent",
      "agent",
    ]);
    const entries = await list(client, "/");
    expect(entries.map((each) => each.text(Tag.NAME))).toContain("of-image");
    const given = await run(client, ["stat", "-c", "%u %n", "of-root", "of-root/deep/file", "link", "/of-image"]);
    expect(given.out).toBe(
      `${PAYLOAD_UID} of-root\n${PAYLOAD_UID} of-root/deep/file\n${PAYLOAD_UID} link\n0 /of-image\n`,
    );
    await expect(writeFile(client, "/of-image", "other")).rejects.toThrow(/^PERMISSION_DENIED/);
  });
});
