import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { readLedgerId } from "../../src/tiers/ledger/ledger-id";
import { dropLedger } from "../../src/tiers/ledger/ledger-index";

/** A state directory beside the tests' own, with the same images; its sockets are in their run directory, or in one of its own. */
export class StatePlace {
  readonly state = mkdtempSync("/var/tmp/sandstack-beside-");
  readonly run: string;
  readonly env: Record<"SANDSTACK_STATE_DIR" | "SANDSTACK_RUN_DIR", string>;

  constructor({ ownRun = false }: { ownRun?: boolean } = {}) {
    const { SANDSTACK_STATE_DIR: usual, SANDSTACK_RUN_DIR: usualRun } = process.env as Record<string, string>;
    symlinkSync(realpathSync(join(usual as string, "images")), join(this.state, "images"));
    this.run = ownRun ? join("/run", basename(this.state)) : (usualRun as string);
    if (ownRun) mkdirSync(this.run);
    this.env = { SANDSTACK_STATE_DIR: this.state, SANDSTACK_RUN_DIR: this.run };
  }

  /** Runs `body` in this process as if it had been started with these directories. */
  async within<T>(body: () => Promise<T>): Promise<T> {
    const before = { ...process.env };
    Object.assign(process.env, this.env);
    try {
      return await body();
    } finally {
      for (const name of Object.keys(this.env)) process.env[name] = before[name];
    }
  }

  [Symbol.dispose](): void {
    const ledger = readLedgerId(this.state);
    if (ledger !== undefined) dropLedger(ledger);
    rmSync(this.state, { recursive: true, force: true });
    if (this.env.SANDSTACK_RUN_DIR.endsWith(basename(this.state))) rmSync(this.run, { recursive: true });
  }
}
