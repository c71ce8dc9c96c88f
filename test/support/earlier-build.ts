import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { statePath } from "../../src/model/state-dir";

/** Files that commit 64eda15 wrote where its sandboxes ran: a ledger, snapshots' records, states of two stacks. */
const FIXTURE = resolve("test/fixtures/64eda15");
/** Paths that stand in it. */
const THEN = { state: "/var/tmp/old", run: "/run/old", engine: "unix:///var/run/docker.sock" };

/** A copy of it, whose paths lead to folders of this test and whose engine is nowhere. Of its processes none lives. */
export class EarlierBuild {
  readonly folder = mkdtempSync("/var/tmp/sandstack-earlier-");
  readonly state = join(this.folder, "state");
  readonly run = join(this.folder, "run");
  readonly env: NodeJS.ProcessEnv = {
    SANDSTACK_STATE_DIR: this.state,
    SANDSTACK_RUN_DIR: this.run,
    PULUMI_CONFIG_PASSPHRASE: "fixture",
    PULUMI_HOME: join(this.folder, "home"),
  };

  constructor() {
    mkdirSync(this.run, { mode: 0o755 });
    this.copy(join(FIXTURE, "state"), this.state);
    // The shelves as that commit made them.
    for (const shelf of ["layers", "templates", "archives"]) mkdirSync(join(this.state, shelf), { mode: 0o700 });
    symlinkSync(statePath("images"), join(this.state, "images"));
  }

  /** A project that it had, with its state: `local` or `docker`. */
  project(name: "local" | "docker"): string {
    const folder = join(this.folder, name);
    this.copy(join(FIXTURE, name), folder);
    // Git ignores what has the true name.
    cpSync(join(folder, "backend"), join(folder, ".pulumi"), { recursive: true });
    rmSync(join(folder, "backend"), { recursive: true });
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(resolve("."), join(folder, "node_modules/sandstack"));
    symlinkSync(resolve("node_modules/@pulumi"), join(folder, "node_modules/@pulumi"));
    return folder;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private copy(from: string, to: string): void {
    mkdirSync(to, { mode: 0o700 });
    for (const entry of readdirSync(from, { withFileTypes: true })) {
      const [source, target] = [join(from, entry.name), join(to, entry.name)];
      if (entry.isDirectory()) this.copy(source, target);
      else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
      else writeFileSync(target, this.translate(readFileSync(source, "utf8")), { mode: 0o600 });
    }
  }

  private translate(text: string): string {
    const nowhere = `unix://${this.folder}/no-engine.sock`;
    return text.replaceAll(THEN.state, this.state).replaceAll(THEN.run, this.run).replaceAll(THEN.engine, nowhere);
  }
}
