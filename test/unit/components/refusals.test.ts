import { beforeAll, expect, it } from "vitest";
import { SandboxHost, SandboxImage, SandboxInstance, SandboxSnapshot } from "../../../components";
import { registered } from "./program";

// What a declaration itself can see is wrong: the error is thrown on the user's line, and nothing is registered.

let host: SandboxHost;
let engine: SandboxHost;
let image: SandboxImage;
let agent: SandboxInstance;
let snapshot: SandboxSnapshot;
beforeAll(async () => {
  await registered(() => {
    host = new SandboxHost("h", { tier: "nspawn" });
    engine = new SandboxHost("e", { tier: "docker" });
    image = new SandboxImage("i", { host, from: { debian: "bookworm" } });
    agent = new SandboxInstance("a", { host, image, ttl: "1m" });
    snapshot = new SandboxSnapshot("s", { instance: agent });
  });
});

const NO_END = 'ttl takes how long the instance may live, such as "15m": no sandbox is without an end.';
const DURATION =
  'ttl takes a duration above zero and at most 30 days such as "90s", "15m", "1h30m", or milliseconds as a number.';

it.each<[string, (args: never) => unknown, () => unknown]>([
  [
    'SandboxHost "x": tier is missing. tier takes one of chroot, nspawn, docker.',
    (args) => new SandboxHost("x", args),
    () => ({}),
  ],
  [
    'SandboxHost "x": tier is missing. tier takes one of chroot, nspawn, docker.',
    (args) => new SandboxHost("x", args),
    () => undefined,
  ],
  [
    'SandboxHost "x": tier: "vmware" is not valid. tier takes one of chroot, nspawn, docker.',
    (args) => new SandboxHost("x", args),
    () => ({ tier: "vmware" }),
  ],
  [
    'SandboxHost "x": vm: there is no such option. There are: tier, access, docker.',
    (args) => new SandboxHost("x", args),
    () => ({ tier: "chroot", vm: {} }),
  ],
  [
    'SandboxHost "x": docker: it is for tier docker alone. Leave it out, or take tier: "docker".',
    (args) => new SandboxHost("x", args),
    () => ({ tier: "chroot", docker: {} }),
  ],
  [
    'SandboxHost "x": docker.socket: there is no such option. There are: docker.host, docker.runtime.',
    (args) => new SandboxHost("x", args),
    () => ({ tier: "docker", docker: { socket: "/run/docker.sock" } }),
  ],
  [
    'SandboxHost "x": access.group: it is refused on tier docker. Who may speak to the engine may speak to its sandboxes: that is the group of the engine\'s socket.',
    (args) => new SandboxHost("x", args),
    () => ({ tier: "docker", access: { group: "agents" } }),
  ],
  [
    'SandboxHost "x": access.user: there is no such option. There are: access.group.',
    (args) => new SandboxHost("x", args),
    () => ({ tier: "chroot", access: { user: "me" } }),
  ],
  [
    'SandboxImage "x": host is missing. host takes a SandboxHost.',
    (args) => new SandboxImage("x", args),
    () => ({ from: { debian: "sid" } }),
  ],
  [
    'SandboxImage "x": host is not a SandboxHost. host takes a SandboxHost itself, not one of its outputs.',
    (args) => new SandboxImage("x", args),
    () => ({ host: host.tier, from: { debian: "sid" } }),
  ],
  [
    'SandboxImage "x": from is missing. from takes { debian: suite }, { oci: reference }, { rootfs: path } or { snapshot: id }.',
    (args) => new SandboxImage("x", args),
    () => ({ host }),
  ],
  [
    'SandboxImage "x": from: "{\\"ami\\":\\"a\\"}" is not valid. from takes { debian: suite }, { oci: reference }, { rootfs: path } or { snapshot: id }.',
    (args) => new SandboxImage("x", args),
    () => ({ host, from: { ami: "a" } }),
  ],
  [
    'SandboxImage "x": from: "{\\"debian\\":\\"a\\",\\"rootfs\\":\\"b\\"}" is not valid. from takes { debian: suite }, { oci: reference }, { rootfs: path } or { snapshot: id }.',
    (args) => new SandboxImage("x", args),
    () => ({ host, from: { debian: "a", rootfs: "b" } }),
  ],
  [
    'SandboxImage "x": from.mirror: there is no such option. There are: from.oci.',
    (args) => new SandboxImage("x", args),
    () => ({ host, from: { oci: "alpine", mirror: "b" } }),
  ],
  [
    'SandboxImage "x": from.keep: there is no such option. There are: from.snapshot.',
    (args) => new SandboxImage("x", args),
    () => ({ host, from: { snapshot: "snap-1", keep: true } }),
  ],
  [
    'SandboxImage "x": from.mirror: there is no such option. There are: from.rootfs.',
    (args) => new SandboxImage("x", args),
    () => ({ host, from: { rootfs: "a", mirror: "b" } }),
  ],
  [
    'SandboxImage "x": ruby: there is no such option. There are: host, from, packages, python, npm, files, run, runTimeout, env, user, cwd.',
    (args) => new SandboxImage("x", args),
    () => ({ host, from: { debian: "a" }, ruby: [] }),
  ],
  [`SandboxInstance "x": ttl is missing. ${NO_END}`, (args) => new SandboxInstance("x", args), () => ({ host, image })],
  [
    `SandboxInstance "x": ttl: "soon" is not valid. ${DURATION}`,
    (args) => new SandboxInstance("x", args),
    () => ({ host, image, ttl: "soon" }),
  ],
  [
    `SandboxInstance "x": ttl: 0 is not valid. ${DURATION}`,
    (args) => new SandboxInstance("x", args),
    () => ({ host, image, ttl: 0 }),
  ],
  [
    'SandboxInstance "x": image is missing. image takes a SandboxImage.',
    (args) => new SandboxInstance("x", args),
    () => ({ host, ttl: "1m" }),
  ],
  [
    'SandboxInstance "x": image is not a SandboxImage. image takes a SandboxImage itself, not one of its outputs.',
    (args) => new SandboxInstance("x", args),
    () => ({ host, image: "debian:bookworm", ttl: "1m" }),
  ],
  [
    'SandboxInstance "x": image is given together with snapshot. An instance begins from one of them.',
    (args) => new SandboxInstance("x", args),
    () => ({ host, image, snapshot, ttl: "1m" }),
  ],
  [
    'SandboxInstance "x": limits.ram: there is no such option. There are: limits.cpus, limits.memory, limits.processes, limits.disk.',
    (args) => new SandboxInstance("x", args),
    () => ({ host, image, ttl: "1m", limits: { ram: 1 } }),
  ],
  [
    'SandboxInstance "x": limits.memory: "5MiB" is not valid. limits.memory takes at least 6MiB on tier docker.',
    (args) => new SandboxInstance("x", args),
    () => ({ host: engine, image, ttl: "1m", limits: { memory: "5MiB" } }),
  ],
  [
    "SandboxInstance \"x\": limits.disk: an engine's volumes can't be bounded, so tier docker refuses it. Leave it out, or take tier nspawn, which has it.",
    (args) => new SandboxInstance("x", args),
    () => ({ host: engine, image, ttl: "1m", limits: { disk: "1GiB" } }),
  ],
  [
    'SandboxInstance "x": host is missing. host takes a SandboxHost.',
    (args) => new SandboxInstance("x", args),
    () => undefined,
  ],
  [
    'SandboxSnapshot "x": instance is missing. instance takes a SandboxInstance.',
    (args) => new SandboxSnapshot("x", args),
    () => ({}),
  ],
  [
    'SandboxSnapshot "x": of: there is no such option. There are: instance, description, triggers.',
    (args) => new SandboxSnapshot("x", args),
    () => ({ instance: agent, of: 1 }),
  ],
])("%s", (message, declare, args) => {
  expect(() => declare(args() as never)).toThrow(expect.objectContaining({ name: "SandstackError", message }));
});
