import { describe, expect, test } from "vitest";
import { FieldWriter } from "../../src/model/fields";
import { Tag, Verb } from "../../src/model/protocol";
import { run, TestGuest, TIERS } from "./harness";

describe.each(TIERS)("what a sandbox's owner changes on %s", (tier) => {
  test("SET_ENV gives every later command variables, in the place of those before; its own come first", async () => {
    const guest = await TestGuest.start({ tier });
    const client = await guest.connect();
    const set = (...env: string[]) => client.open(Verb.SET_ENV, new FieldWriter().texts(Tag.ENV, env)).end();
    const shown = async (env: string[] = []) => (await run(client, ["env"], { env })).out.trim().split("\n");
    await set("TOKEN=t0p", "LANG=C", "EMPTY=");
    const other = await guest.connect();
    expect((await run(other, ["printenv", "TOKEN"])).out).toBe("t0p\n");
    expect(await shown(["TOKEN=mine"])).toEqual(expect.arrayContaining(["TOKEN=mine", "LANG=C", "EMPTY="]));
    expect((await shown(["TOKEN=mine"])).filter((line) => line.startsWith("TOKEN="))).toHaveLength(1);
    await set("OTHER=1");
    const now = await shown();
    expect(now).toContain("OTHER=1");
    expect(now).toContain("LANG=C.UTF-8");
    expect(now.join("\n")).not.toContain("TOKEN");
    await expect(set("no equals sign")).rejects.toThrow(/^BAD_REQUEST/);
    expect(await shown()).toContain("OTHER=1");
  });

  test("SET_LIMITS is what INFO tells, and bounds the processes of later commands; what is not given stays", async () => {
    const client = await (await TestGuest.start({ tier })).connect();
    const set = (fields: FieldWriter) => client.open(Verb.SET_LIMITS, fields).end();
    const nproc = async () => Number((await run(client, ["/bin/sh", "-c", "ulimit -p || ulimit -u"])).out);
    await set(new FieldWriter().number(Tag.PIDS_LIMIT, 100).number(Tag.MEM_LIMIT, 1 << 28));
    expect(await nproc()).toBe(164);
    await set(new FieldWriter().number(Tag.PIDS_LIMIT, 300));
    expect(await nproc()).toBe(364);
    const info = await client.open(Verb.INFO).end();
    expect([info.number(Tag.PIDS_LIMIT), info.number(Tag.MEM_LIMIT)]).toEqual([300, 1 << 28]);
  });
});
