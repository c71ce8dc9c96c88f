import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { destroyAll } from "../../src/cli/stack/destroy";
import { operate, type Prepared } from "../../src/cli/stack/operate";
import type { Receipt } from "../../src/cli/stack/receipt";
import { fullKey, openStack, readProject, StackFile, type OperationResult } from "../../src/engine";

/** Where the story's compiled form, dist/examples/story, has the repository. */
export const REPOSITORY = join(__dirname, "../../..");

/** The program stacks/local.ts, with root in its agent's sandbox: what it breaks is worth seeing. */
const CONFIG = { program: "local", user: "root", ttl: "5m" };

/**
 * A stack of this repository's project whose state, config and passphrase are its own, in a folder that goes when this
 * process does: a checkout stays as it was.
 */
export class DemoStack {
  private readonly folder = mkdtempSync(join(tmpdir(), "sandstack-demo-"));
  private readonly target: Prepared;

  constructor() {
    process.once("exit", () => rmSync(this.folder, { recursive: true, force: true }));
    const ofRepository = readProject(join(REPOSITORY, "Pulumi.yaml"));
    const project = { ...ofRepository, backend: this.folder, configFolder: this.folder };
    this.target = { project, stack: "demo", passphrase: randomBytes(16).toString("hex") };
    const file = new StackFile(project, this.target.stack);
    for (const [key, value] of Object.entries(CONFIG)) file.set(fullKey(key, project.name), value);
    file.save();
  }

  up(signal: AbortSignal): Promise<OperationResult> {
    return operate(this.target, { operation: "up", values: {} }, { signal });
  }

  /** Prints the receipt, too. Nothing where nothing was made. */
  async destroy(signal: AbortSignal): Promise<Receipt | undefined> {
    const { project, stack, passphrase } = this.target;
    const opened = await openStack(project, stack, passphrase);
    return opened.exists ? destroyAll(this.target, opened, {}, { signal }) : undefined;
  }
}
