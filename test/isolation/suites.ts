import { spawnSync } from "node:child_process";
import { constants } from "node:os";
import { afterAll, beforeAll, expect, it } from "vitest";
import { compileProbe } from "../support/probe";
import { runControl } from "./control";
import { CoreHandler } from "./core-handler";
import { type Facts, plantFacts, probeSource } from "./facts";
import type { Place } from "./place";
import { type Probe, PROBES } from "./probes";
import { readVerdict, type Verdict } from "./verdict";

// What is attempted in every tier. Each attack must first succeed where nothing holds it back.

let planted: Facts | undefined;
const controls = new Map<Probe, Promise<Verdict>>();

/** Called at the top of a file: what stands on this machine for its attacks to reach. */
export function withFacts(): () => Facts {
  let remove: () => Promise<void>;
  beforeAll(async () => {
    [planted, remove] = await plantFacts();
  });
  afterAll(async () => {
    controls.clear();
    await remove();
  });
  return () => planted as Facts;
}

async function expectControlSucceeds(probe: Probe, facts: Facts): Promise<void> {
  const known = controls.get(probe) ?? runControl(probe.program, probe.args(facts), probe).then(readVerdict);
  controls.set(probe, known);
  const control = await known;
  expect(control, `inconclusive: the attack does not work on this machine in a ${probe.control}`).toMatchObject({
    succeeded: true,
  });
  if (probe.showsCanary) expect(control.proof).toContain(facts.canaryText);
}

/** In a `describe`: a place that is opened for its tests, and closed after them. */
export function opened(open: () => Promise<Place>): () => Place {
  let place: Place;
  beforeAll(async () => {
    place = await open();
  });
  afterAll(() => place.close());
  return () => place;
}

/** DESIGN's table of attacks. `open` are those that work there, which docs/security.md says. */
export function probesAreBlocked(facts: () => Facts, place: () => Place, open: readonly string[] = []): void {
  it.each(PROBES)("$name", async (probe) => {
    await expectControlSucceeds(probe, facts());
    const verdict = readVerdict(await place().run(probe.program, probe.args(facts())));
    expect(verdict).toMatchObject({ succeeded: open.includes(probe.name) });
  });
}

/** What a payload crashes with is nothing that a program of the machine's root reads. */
export function crashesStayInside(place: () => Place, others: ((path: string) => Promise<unknown>)[] = []): void {
  it("a crash does not reach the machine's core handler", async () => {
    const crash = compileProbe(probeSource("crash"));
    await place().put("crash");
    using handler = new CoreHandler("crash");
    spawnSync("prlimit", ["--core=0", crash]);
    expect(handler.uids()).toEqual(["0"]);
    const { signal } = await place().run("crash");
    for (const run of others) await run(place().path("crash"));
    expect(signal).toBe(constants.signals.SIGABRT);
    expect(handler.uids()).toEqual([]);
  });
}

export const GUEST_ATTACKS = [
  { attack: "ptrace", program: "ptrace" },
  { attack: "its memory, descriptors and root in /proc", program: "open-memory" },
  { attack: "prlimit", program: "prlimit" },
];

export async function expectAlive(place: Place): Promise<void> {
  expect((await place.sandbox.commands.run(["echo", "alive"])).stdout).toBe("alive\n");
}

/** The guest against its own payload: whoever holds the guest holds the sandbox's deadline. */
export function guestHolds(facts: () => Facts, place: () => Place): void {
  it.each(GUEST_ATTACKS)("holds against $attack", async ({ program }) => {
    // As the sentinel's own uid, since that is what an ordinary parent and its child share.
    const control = await runControl(program, [String(facts().sentinelPid)], { control: "plain chroot", uid: 1000 });
    expect(readVerdict(control)).toMatchObject({ succeeded: true });
    expect(readVerdict(await place().run(program, ["parent"]))).toMatchObject({ succeeded: false });
    await expectAlive(place());
  });

  it("is there after every signal", async () => {
    const control = await runControl("signal", [String(facts().sentinelPid)], { control: "plain chroot", uid: 1000 });
    expect(readVerdict(control)).toMatchObject({ succeeded: true });
    await place().run("signals", ["parent"]);
    await expectAlive(place());
  });
}

export interface Taker {
  what: string;
  program: string;
  args: string[];
}

export const TAKERS: readonly Taker[] = [
  { what: "300 processes", program: "fork-many", args: ["300"] },
  { what: "192 MiB of memory", program: "take-memory", args: ["192"] },
  ...["unix", "datagram", "pipe", "memfd"].map((kind) => takesBuffers(kind, "192")),
];
export const SOCKET_TAKERS: readonly Taker[] = [takesBuffers("udp", "192"), takesBuffers("tcp", "128", "64")];

function takesBuffers(kind: string, size: string, pairs?: string): Taker {
  const within = pairs === undefined ? "" : ` in ${pairs} connections`;
  const args = [kind, size, ...(pairs === undefined ? [] : [pairs])];
  return { what: `${size} MiB that the kernel keeps for it${within}: ${kind}`, program: "take-buffers", args };
}
export const DISK_TAKER: Taker = { what: "96 MiB of disk", program: "take-disk", args: ["96"] };

/** In a sandbox with 100 processes, 64 MiB of memory and 48 MiB of disk, as far as it can be bounded. */
export function capsHold(place: () => Place, takers: readonly Taker[]): void {
  it.each(takers)("$what", async ({ program, args }) => {
    expect(readVerdict(await runControl(program, args, { control: "plain chroot" }))).toMatchObject({
      succeeded: true,
    });
    expect(readVerdict(await place().run(program, args))).toMatchObject({ succeeded: false });
  });
}
