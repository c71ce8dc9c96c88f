import { Sandbox, type Snapshot } from "sandstack/runtime";
import { listenForInterruption } from "../../src/cli/interruption";
import { reportError } from "../../src/cli/report";
import { buildImage, defaultImage, verifyImage } from "../../src/images";
import type { Image } from "../../src/model/image";
import { formatSize } from "../../src/model/size";
import { tierFor } from "../../src/tiers";
import { Agent, AGENT } from "./agent";
import { BuildReport } from "./build-report";
import { HostWitness } from "./host-witness";
import { Receipt } from "./receipt";
import { Screen } from "./screen";
import { timed } from "./timed";

/** What `npm start` shows: an agent works in a sandbox, wrecks it, and nothing is lost and nothing left. */
class Story {
  private readonly screen = new Screen();

  constructor(private readonly signal: AbortSignal) {}

  async tell(): Promise<boolean> {
    tierFor("nspawn").requireMachine();
    using host = new HostWitness();
    const image = await this.build();
    return await this.live(image, host);
  }

  private async build(): Promise<Image> {
    const base = defaultImage();
    this.screen.act("An image: this machine's own suite, Python, and a small agent");
    using report = new BuildReport(this.screen);
    const { signal } = this;
    const args = { ...base, files: { "/opt/agent": AGENT } };
    const [image, took] = await timed(() => buildImage(args, { onProgress: report.report, signal }));
    report[Symbol.dispose]();
    this.screen.say(`${image.reference}, ${formatSize(image.sizeBytes)}, ${image.digest.slice(0, 19)}`);
    this.screen.say(report.built ? `built in ${took}; it stays in the store` : `found in the store after ${took}`);
    return image;
  }

  /** A sandbox's life. Whatever happens in it: it ends, and the receipt is shown. */
  private async live(image: Image, host: HostWitness): Promise<boolean> {
    let receipt: Receipt | undefined;
    try {
      await using sandbox = await this.begin(image);
      receipt = new Receipt(sandbox.connection.owner);
      receipt.note();
      const agent = new Agent(sandbox, this.screen, this.signal);
      const report = await this.work(agent);
      const snapshot = await this.keep(sandbox);
      receipt.note();
      await this.wreck(agent, sandbox);
      const untouched = await this.lookAtHost(host, image);
      const same = await this.bringBack(sandbox, snapshot, agent, report);
      receipt.note();
      await this.end(sandbox);
      return this.show(receipt) && untouched && same;
    } catch (error) {
      if (receipt && this.signal.aborted) {
        this.screen.act("Interrupted");
        this.show(receipt);
      }
      throw error;
    }
  }

  private async begin(image: Image): Promise<Sandbox> {
    this.screen.act("A sandbox: nspawn, root inside, no network");
    const [sandbox, took] = await timed(() =>
      Sandbox.create({
        tier: "nspawn",
        image: image.digest,
        user: "root",
        ttl: "5m",
        limits: { memory: "512MiB", processes: 128 },
        // Also after a kill -9 of this process nothing stays.
        endWithProcess: true,
        signal: this.signal,
      }),
    );
    this.screen.say(`${sandbox.sandboxId} is up after ${took}; it ends by itself in 5 minutes`);
    return sandbox;
  }

  private async work(agent: Agent): Promise<string> {
    this.screen.act("The agent works on real files, and we see what it says");
    await agent.takeData();
    const report = await agent.work();
    this.screen.say(report);
    return report;
  }

  private async keep(sandbox: Sandbox): Promise<Snapshot> {
    this.screen.act("A snapshot");
    const [snapshot, took] = await timed(() => sandbox.createSnapshot());
    this.screen.say(`${snapshot.id} after ${took}`);
    return snapshot;
  }

  private async wreck(agent: Agent, sandbox: Sandbox): Promise<void> {
    this.screen.act("The agent runs amok, as root");
    const before = await countFiles(sandbox);
    await agent.wreck();
    await agent.try(["ls", "/"]);
    const left = await sandbox.files.list("/");
    this.screen.bad(`${before} files are gone; in / there is ${left.map(({ name }) => name).join(", ") || "nothing"}`);
  }

  private async lookAtHost(host: HostWitness, image: Image): Promise<boolean> {
    const { screen } = this;
    screen.act("The machine around it");
    const damage = host.damage();
    for (const path of damage) screen.bad(`gone or changed: ${path}`);
    if (damage.length === 0) {
      screen.good(`the canary in ${host.canary} lives`);
      screen.good(`${host.count} files of ${host.watched.join(", ")} are as they were`);
    }
    const sound = await verifyImage(image.digest, this.signal);
    if (sound) screen.good("the image, read again, has the digest that it had");
    else screen.bad("the image has changed");
    return damage.length === 0 && sound;
  }

  private async bringBack(sandbox: Sandbox, snapshot: Snapshot, agent: Agent, before: string): Promise<boolean> {
    const { screen } = this;
    screen.act("A rollback, and the same agent again");
    const [, took] = await timed(() => sandbox.rollback(snapshot));
    screen.good(`back after ${took}: ${await countFiles(sandbox)} files`);
    const same = (await agent.work()) === before;
    if (same) screen.good("the same report, to the byte");
    else screen.bad("another report than before");
    return same;
  }

  private async end(sandbox: Sandbox): Promise<void> {
    this.screen.act("The end");
    const [, took] = await timed(() => sandbox.kill());
    this.screen.say(`the sandbox is gone after ${took}`);
  }

  /** True where nothing is left. */
  private show(receipt: Receipt): boolean {
    this.screen.say(receipt.format());
    this.screen.say("kept: the image; for a day, how the sandbox ended (sandstack ls --all)");
    return receipt.left.length === 0;
  }
}

async function countFiles(sandbox: Sandbox): Promise<number> {
  const { stdout } = await sandbox.commands.run(["find", "/", "-xdev", "-type", "f"]);
  return stdout.trimEnd().split("\n").length;
}

async function main(): Promise<void> {
  const signal = listenForInterruption();
  try {
    process.exitCode = (await new Story(signal).tell()) ? 0 : 1;
  } catch (error) {
    process.exitCode = reportError(signal.aborted ? signal.reason : error);
  }
}

void main();
