import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { afterEach } from "vitest";
import { Tag } from "../../src/model/protocol";
import { RawClient, type RawStream, type SpawnOptions } from "./client";

export type TestTier = "chroot" | "nspawn";
export const TIERS: readonly TestTier[] = ["chroot", "nspawn"];
/** Far above the ranges that the ledger hands out. */
const UID_BASE = 0x6000_0000;
const GUEST = resolve(process.env["SANDSTACK_GUEST_BINARY"] ?? `guest/bin/linux-${process.arch}/sandstack-guest`);
const BUILT = resolve("guest/build/test");
const HIERARCHIES = ["/sys/fs/cgroup/unified", "/sys/fs/cgroup/pids", "/sys/fs/cgroup/memory"];

export interface GuestOptions {
  tier?: TestTier;
  /** ms from now; none without. */
  deadline?: number;
  /** Bytes; none without. */
  memory?: number;
}

/** A guest on a root made of this machine's /usr, started by guest/test/fake-keeper.c: no overlay, no limits. */
export class TestGuest {
  readonly lines: string[] = [];
  readonly root: string;
  readonly socket: string;
  readonly uidBase: number;
  private readonly directory: string;
  private readonly cgroups: string[];
  private keeper!: ChildProcess;
  private exited!: Promise<void>;
  private readonly clients: RawClient[] = [];

  private constructor(readonly tier: TestTier) {
    this.directory = mkdtempSync("/var/tmp/sandstack-guest-");
    execFileSync("chmod", ["755", this.directory]);
    this.root = join(this.directory, "root");
    this.socket = join(this.directory, "socket");
    this.uidBase = UID_BASE;
    this.cgroups = makeCgroups();
    for (const root of [this.root, `${this.root}.after`]) makeRoot(root, tier, this.uidBase);
  }

  static async start(options: GuestOptions = {}): Promise<TestGuest> {
    execFileSync("make", ["-s", "-C", "guest", "probes"]);
    const guest = new TestGuest(options.tier ?? "chroot");
    started.add(guest);
    const deadline = options.deadline === undefined ? 0 : Date.now() + options.deadline;
    if (options.memory !== undefined) guest.limitMemory(options.memory);
    guest.run(deadline);
    await guest.line("ready");
    return guest;
  }

  private limitMemory(bytes: number): void {
    for (const file of this.cgroups.flatMap((path) => [join(path, "memory.max"), join(path, "memory.limit_in_bytes")]))
      if (existsSync(file)) writeFileSync(file, String(bytes));
  }

  private run(deadline: number): void {
    const args = [this.tier, GUEST, this.root, this.socket, String(this.uidBase), String(deadline), ...this.cgroups];
    const env = { ...process.env, ASAN_OPTIONS: "detect_leaks=0", UBSAN_OPTIONS: "print_stacktrace=1" };
    this.keeper = spawn(join(BUILT, "fake-keeper"), args, { stdio: ["pipe", "pipe", "inherit"], env });
    createInterface({ input: this.keeper.stdout! }).on("line", (line) => this.lines.push(line));
    this.exited = new Promise((done) => this.keeper.once("close", () => done()));
  }

  /** The guest's pid on this machine. */
  get pid(): number {
    return Number(this.lines.find((line) => line.startsWith("pid "))?.slice(4));
  }

  get keeperPid(): number {
    return this.keeper.pid!;
  }

  /** A line of the fake keeper that starts so. */
  async line(start: string): Promise<string> {
    for (;;) {
      const found = this.lines.find((line) => line.startsWith(start));
      if (found) return found;
      if (this.keeper.exitCode !== null) throw new Error(`no line "${start}" in: ${this.lines.join(" | ")}`);
      await pause(2);
    }
  }

  async connect(): Promise<RawClient> {
    const client = await RawClient.connect(this.socket);
    this.clients.push(client);
    return client;
  }

  /** Puts a probe of guest/test/ into the root. */
  probe(name: string): string {
    copyFileSync(join(BUILT, name), join(this.root, "tmp", name));
    return `/tmp/${name}`;
  }

  /** Until the guest has ended by itself. */
  async ended(): Promise<void> {
    await this.exited;
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.close();
    this.keeper.stdin!.end();
    await this.exited;
    await removeCgroups(this.cgroups);
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** How many processes the payload has. */
  processes(): number[] {
    const text = execFileSync("cat", [join(this.cgroups[0]!, "cgroup.procs")], { encoding: "utf8" });
    return text.split("\n").filter(Boolean).map(Number);
  }
}

const started = new Set<TestGuest>();
afterEach(async () => {
  for (const guest of started) await guest.stop();
  started.clear();
});

/** Runs a command to its end and gives what it wrote. */
export async function run(client: RawClient, args: string[], options: SpawnOptions = {}): Promise<Result> {
  const stream = client.spawn(args, options);
  const fields = await stream.end();
  return {
    stream,
    out: stream.out.toString(),
    err: stream.err.toString(),
    exitCode: fields.number(Tag.EXIT_CODE),
    signal: fields.number(Tag.SIGNAL),
    how: fields.number(Tag.HOW),
  };
}

export interface Result {
  stream: RawStream;
  out: string;
  err: string;
  exitCode: number | undefined;
  signal: number | undefined;
  how: number | undefined;
}

export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Asks until it is so; throws after ten seconds, which is more than a busy machine takes. */
export async function eventually(test: () => boolean, what: string): Promise<void> {
  for (const until = Date.now() + 10_000; !test(); await pause(5)) {
    if (Date.now() > until) throw new Error(`not within 10 s: ${what}`);
  }
}

let cgroupNumber = 0;
function makeCgroups(): string[] {
  const name = `sandstack-guest-test-${process.pid}-${cgroupNumber++}`;
  const trees = existsSync(HIERARCHIES[0]!) ? HIERARCHIES.filter((tree) => existsSync(tree)) : ["/sys/fs/cgroup"];
  const made = trees.map((tree) => join(tree, name));
  for (const path of made) mkdirSync(path);
  return made;
}

async function removeCgroups(paths: string[]): Promise<void> {
  for (const path of paths) {
    await eventually(() => {
      try {
        rmdirSync(path);
        return true;
      } catch {
        return false;
      }
    }, `${path} empty`);
  }
}

/** An id as the payload's own files name it: without a user namespace, the real one. */
const shown = (tier: TestTier, base: number, id: number): number => (tier === "chroot" ? base + id : id);

function makeRoot(root: string, tier: TestTier, base: number): void {
  for (const name of ["usr", "etc", "tmp", "dev/pts", "dev/shm", "home/agent", "root"])
    mkdirSync(join(root, name), { recursive: true });
  for (const name of ["bin", "sbin", "lib", "lib64"]) symlinkSync(`usr/${name}`, join(root, name));
  const id = (number: number): number => shown(tier, base, number);
  const user = (name: string, number: number, home: string): string =>
    `${name}:x:${id(number)}:${id(number)}::${home}:/bin/sh\n`;
  writeFileSync(
    join(root, "etc/passwd"),
    user("root", 0, "/root") + user("agent", 1000, "/home/agent") + user("intruder", 65000, "/"),
  );
  writeFileSync(join(root, "etc/group"), `agent:x:${id(1000)}:\nextra:x:${id(2000)}:someone,agent\n`);
  for (const [name, minor] of [
    ["null", "3"],
    ["zero", "5"],
  ] as const) {
    execFileSync("mknod", ["-m", "666", join(root, "dev", name), "c", "1", minor]);
  }
  execFileSync("chmod", ["1777", join(root, "tmp"), join(root, "dev/shm")]);
  chownSync(join(root, "home/agent"), base + 1000, base + 1000);
}
