import { describe, expect, test } from "vitest";
import { Tag, Verb } from "../../src/model/protocol";
import { DockerGuest, GUEST_UID, PAYLOAD_UID, useEngine } from "./docker";
import { list, readFile, stat, writeFile } from "./file-calls";
import { run } from "./harness";

const SH = ["/bin/sh", "-c"];
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
    await writeFile(client, "/tmp/made", "in tmp\n");
    expect(await readFile(client, "/tmp/made")).toBe("in tmp\n");
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
    await expect(writeFile(client, "/of-image", "other")).rejects.toThrow(/^PERMISSION_DENIED/);
  });
});
