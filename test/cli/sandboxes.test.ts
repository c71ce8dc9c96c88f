import { describe, expect, test } from "vitest";
import { parseConnection } from "../../src/model/connection";
import { LOCAL_TIERS } from "../../src/model/tier";
import { leakCheckEachTest } from "../support/leak-check";
import { sandstack, sandstackJson, start } from "./cli";

// create, ls, logs, kill, snapshot and rollback: sandboxes that outlive the command that made them.

leakCheckEachTest();

/** What it printed, without the line's end. */
async function say(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await sandstack(args);
  if (code !== 0) throw new Error(`sandstack ${args.join(" ")}: exit code ${code}: ${stderr}`);
  return stdout.trimEnd();
}

describe.each(LOCAL_TIERS)("on %s", (tier) => {
  const create = (...args: string[]) => say("create", "--tier", tier, "--ttl", "60s", ...args);

  test("a sandbox is made, found, used and killed", async () => {
    const id = await create("--name", "one");
    expect(id).toMatch(/^sbx-[a-z0-9]{12}$/);
    expect(await say("ls")).toMatch(new RegExp(`^NAME +ID .*\\n(.*\\n)*one +${id} +${tier} +running +in (1m|5\\ds)`));
    expect(await say("ls", "--quiet")).toBe("one");
    expect(await sandstackJson(["ls"])).toMatchObject([{ sandboxId: id, name: "one", tier, state: "running" }]);
    expect(await say("exec", "one", "--", "id", "-un")).toBe("agent");
    expect(await say("kill", "one")).toBe("one");
    expect(await sandstackJson(["ls"])).toEqual([]);
    const all = (await sandstackJson(["ls", "--all"])) as { sandboxId: string }[];
    expect(all.find(({ sandboxId }) => sandboxId === id)).toMatchObject({ state: "ended", ended: { how: "killed" } });
    expect(await sandstack(["kill", "one"])).toMatchObject({ code: 0, stderr: "sandstack: one had ended already\n" });
    expect(await sandstack(["exec", "one", "--", "true"])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/has ended at .*: it was killed/) as string,
    });
  });

  test("create --json prints what connect takes", async () => {
    const connection = parseConnection(JSON.stringify(await sandstackJson(["create", "--tier", tier, "--ttl", "60s"])));
    expect(connection.tier).toBe(tier);
    expect(await say("exec", JSON.stringify(connection), "--", "echo", "in")).toBe("in");
    expect(await sandstackJson(["kill", connection.id])).toEqual([{ sandbox: connection.id, killed: true }]);
  });

  test("a name that is taken, and several killed at once, one of them unknown", async () => {
    const id = await create("--name", "two");
    const again = await sandstack(["create", "--tier", tier, "--name", "two"]);
    expect(again).toMatchObject({ code: 1, stdout: "" });
    expect(again.stderr).toMatch(new RegExp(`name: "two" is taken by sandbox ${id}[^]*sandstack kill two`));
    const other = await create();
    expect(await sandstack(["kill", other, "nobody", "two"])).toMatchObject({
      code: 1,
      stdout: `${other}\ntwo\n`,
      stderr: expect.stringContaining('no sandbox "nobody"') as string,
    });
  });

  test("logs tell what a task wrote and how it ended, while it runs and when it is over", async () => {
    const script = "echo out; echo err >&2; sleep 1; echo late; exit 3";
    const id = await create("--name", "job", "--", "sh", "-c", script);
    const followed = start(["logs", "job"]);
    await followed.shown("out");
    const ended = await followed.ended;
    expect(ended.code).toBe(0);
    expect(ended.stdout).toBe("out\nerr\nlate\n");
    expect(ended.stderr).toMatch(/^sandstack: its task finished with exit code 3, at \d{4}-.*Z\n$/);
    expect(await sandstack(["logs", id])).toMatchObject({ stdout: ended.stdout, stderr: ended.stderr });
    expect(await sandstackJson(["logs", "job"])).toMatchObject({
      sandboxId: id,
      how: "finished",
      exitCode: 3,
      output: "out\nerr\nlate\n",
    });
  });

  test("logs of a sandbox without a task say so, and don't wait", async () => {
    const id = await create();
    const { code, stderr } = await sandstack(["logs", id]);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`Sandbox ${id} runs, and has no task.`)]);
    await say("kill", id);
    expect(await sandstack(["logs", id])).toMatchObject({
      code: 0,
      stdout: "",
      stderr: expect.stringMatching(/^sandstack: it was killed, at /) as string,
    });
  });

  test("a snapshot brings back what was wrecked, and another sandbox begins from it", async () => {
    await create("--name", "story");
    await say("exec", "story", "--", "sh", "-c", "echo precious > work");
    const snapshot = await say("snapshot", "create", "--description", "before", "story");
    expect(snapshot).toMatch(/^snap-[a-z0-9]{12}$/);
    expect(await sandstackJson(["snapshot", "ls", "story"])).toMatchObject([
      { id: snapshot, description: "before", keep: false },
    ]);
    expect(await say("snapshot", "ls")).toMatch(new RegExp(`^ID .*\\n(.*\\n)*${snapshot} .* no +before`));
    await sandstack(["exec", "story", "--", "sh", "-c", "rm -rf /home /usr /bin 2>/dev/null"]);
    expect((await sandstack(["exec", "story", "--", "cat", "work"])).code).not.toBe(0);
    expect(await say("rollback", "story", snapshot)).toBe("");
    expect(await say("exec", "story", "--", "cat", "work")).toBe("precious");
    expect(await say("run", "--tier", tier, "--snapshot", snapshot, "--", "cat", "work")).toBe("precious");
    expect(await sandstack(["rollback", "story", "snap-nothere00000"])).toMatchObject({ code: 1 });
    await say("kill", "story");
    expect(await sandstackJson(["snapshot", "ls"])).toEqual([]);
  });

  test("a kept snapshot outlives its sandbox, until it is removed", async () => {
    const id = await create();
    const kept = (await sandstackJson(["snapshot", "create", "--keep", id])) as { id: string };
    await say("kill", id);
    expect(await sandstackJson(["snapshot", "ls"])).toMatchObject([{ id: kept.id, sandboxId: id, keep: true }]);
    await say("snapshot", "rm", kept.id);
    expect(await sandstackJson(["snapshot", "ls"])).toEqual([]);
  });

  test("a sandbox ends by itself when its ttl is over", async () => {
    const id = await say("create", "--tier", tier, "--ttl", "2s", "--", "sleep", "60");
    const { stdout, stderr } = await sandstack(["logs", id]);
    expect([stdout, stderr]).toEqual(["", expect.stringMatching(/^sandstack: its ttl was over, at /)]);
    expect((await sandstack(["exec", id, "--", "true"])).stderr).toMatch(/has ended at .*: its ttl was over/);
  });
});
