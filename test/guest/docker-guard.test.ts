import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { describe, expect, test } from "vitest";
import { Type, Verb } from "../../src/model/protocol";
import { DockerGuest, GUEST_UID, useEngine } from "./docker";
import { eventually, run } from "./harness";

const { EACCES, EPERM, EROFS } = constants.errno;
const engine = useEngine();

const verdicts = (text: string): [string, string][] =>
  text
    .trim()
    .split("\n")
    .map((line) => line.split(" ") as [string, string]);

describe("payload against guest in a container", () => {
  test("every attempt is refused, and the guest is none the worse", async () => {
    const guest = await DockerGuest.start(engine());
    const client = await guest.connect();
    const found = verdicts((await run(client, ["/probes/intruder"])).out);
    expect(found.length).toBeGreaterThan(80);
    const refusals = [EACCES, EPERM, EROFS].map(String);
    expect(found.filter(([, verdict]) => !refusals.includes(verdict))).toEqual([]);
    expect((await run(client, ["true"])).exitCode).toBe(0);
  });

  const ATTACKS = ["kill", "stop", "priority", "affinity", "limit", "environ"];
  test.each(ATTACKS)(
    "lying in wait for the moment in which the guest signals all brings nothing: %s",
    async (attack) => {
      const guest = await DockerGuest.start(engine());
      const client = await guest.connect();
      const intruder = client.spawn(["/probes/intruder", attack]);
      await intruder.until(() => intruder.outBytes > 0, "it waits");
      for (let round = 0; round < 200; round++) {
        await client.open(Verb.FREEZE).end();
        await client.open(Verb.THAW).end();
      }
      expect(intruder.out.toString()).toBe("waiting\n");
      expect(await guest.inspect("{{.State.Running}}")).toBe("true");
    },
  );

  test("who gets at the socket and is neither root nor the guest is not spoken to", async () => {
    const guest = await DockerGuest.start(engine());
    await guest.connect();
    await guest.exec(["chmod", "777", "/run/sandstack", "/run/sandstack/s"]);
    const stranger = guest.bridge(4242);
    await eventually(() => stranger.closed, "closed");
    expect(stranger.own).toEqual([]);
    await guest.bridge().ownFrame(Type.HELLO);
  });

  test("the filter denies what it lists here, too", async () => {
    const client = await (await DockerGuest.start(engine())).connect();
    const found = verdicts((await run(client, ["/probes/denied"])).out);
    const refused = found.filter(([name]) => /^(ptrace|mount|bpf|setns|unshare)$/.test(name));
    expect(refused).toHaveLength(5);
    expect(refused.filter(([, verdict]) => verdict !== String(EPERM))).toEqual([]);
  });

  test("positive control: root from outside may do what the payload may not", async () => {
    const guest = await DockerGuest.start(engine());
    await guest.connect();
    const out = await guest.exec(["/probes/intruder"]);
    for (const done of ["/run/sandstack done", "/proc/1/fd done", "connect done", "kill-15 done", "kill-9 done"])
      expect(out).toContain(`${done}\n`);
    expect(readFileSync(`/proc/${await guest.pid()}/environ`, "utf8")).toContain("SANDSTACK_ID=sbx-test");
    // From inside the container a signal does not end it, whoever sends it.
    expect((await run(await guest.connect(), ["true"])).exitCode).toBe(0);
  });

  test("the guest is its own user with few capabilities, and nobody else is let in", async () => {
    const guest = await DockerGuest.start(engine());
    await guest.connect();
    const status = readFileSync(`/proc/${await guest.pid()}/status`, "utf8");
    expect(status).toMatch(new RegExp(`^Uid:\\t${GUEST_UID}\\t${GUEST_UID}\\t${GUEST_UID}\\t${GUEST_UID}$`, "m"));
    expect(status).toMatch(/^CapEff:\t00000000000000fb$/m);
    expect(status).toMatch(/^CapPrm:\t00000000000000fb$/m);
    expect(status).toMatch(/^CapBnd:\t0000000000000000$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    expect(existsSync(`/proc/${await guest.pid()}/root/run/sandstack/s`)).toBe(true);
  });
});
