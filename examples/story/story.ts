import { Sandbox, type SandboxResult, type Snapshot } from "sandstack/runtime";
import { listenForInterruption } from "../../src/cli/interruption";
import { reportError } from "../../src/cli/report";
import { verifyImage } from "../../src/images";
import { getSandbox, tierFor } from "../../src/tiers";
import { Agent } from "./agent";
import { DemoStack } from "./demo-stack";
import { HostWitness } from "./host-witness";
import { Screen } from "./screen";
import { timed } from "./timed";

/** Nobody aborts what cleans up; a second Ctrl-C ends the process, and then the ttl ends the sandboxes. */
const TO_THE_END = new AbortController().signal;

/** What `npm start` shows: what is declared comes true, an agent wrecks its sandbox, nothing is lost and nothing left. */
class Story {
  private readonly screen = new Screen();

  constructor(private readonly signal: AbortSignal) {}

  /** True where all went as told. Whatever happens: what was made is removed, and the receipt shown. */
  async tell(): Promise<boolean> {
    await tierFor("nspawn").requireMachine();
    using host = new HostWitness();
    const stack = new DemoStack();
    try {
      return await this.live(stack, host);
    } catch (error) {
      this.screen.act(this.signal.aborted ? "Interrupted" : "It went wrong");
      await stack.destroy(TO_THE_END);
      throw error;
    }
  }

  private async live(stack: DemoStack, host: HostWitness): Promise<boolean> {
    const { sandbox, task } = await this.declare(stack);
    const kept = await this.play(sandbox, host);
    await this.readResult(task);
    const unchanged = await this.declareAgain(stack);
    return (await this.end(stack)) && kept && unchanged;
  }

  private async declare(stack: DemoStack): Promise<{ sandbox: string; task: string }> {
    this.act("What stacks/local.ts declares comes true");
    this.screen.command("npx sandstack up");
    const { outputs } = await stack.up(this.signal);
    return outputs as { sandbox: string; task: string };
  }

  /** In the sandbox that the stack's output leads to. */
  private async play(connection: string, host: HostWitness): Promise<boolean> {
    const sandbox = await Sandbox.connect(connection);
    try {
      const agent = new Agent(sandbox, this.screen, this.signal);
      const report = await this.work(agent);
      const snapshot = await this.keep(sandbox);
      await this.wreck(agent, sandbox);
      const untouched = await this.lookAtHost(host, getSandbox(sandbox.sandboxId).image);
      const same = await this.bringBack(sandbox, snapshot, agent, report);
      return untouched && same;
    } finally {
      sandbox.disconnect();
    }
  }

  private async work(agent: Agent): Promise<string> {
    this.act("An agent works in its sandbox, and we see what it says");
    await agent.takeData();
    const report = await agent.work();
    this.screen.say(report);
    return report;
  }

  private async keep(sandbox: Sandbox): Promise<Snapshot> {
    this.act("A snapshot");
    const [snapshot, took] = await timed(() => sandbox.createSnapshot());
    this.screen.say(`${snapshot.id} after ${took}`);
    return snapshot;
  }

  private async wreck(agent: Agent, sandbox: Sandbox): Promise<void> {
    this.act("The agent runs amok, as root");
    const before = await countFiles(sandbox);
    await agent.wreck();
    await agent.try(["ls", "/"]);
    const left = await sandbox.files.list("/");
    this.screen.bad(`${before} files are gone; in / there is ${left.map(({ name }) => name).join(", ") || "nothing"}`);
  }

  private async lookAtHost(host: HostWitness, image: string): Promise<boolean> {
    const { screen } = this;
    this.act("The machine around it");
    const damage = host.damage();
    for (const path of damage) screen.bad(`gone or changed: ${path}`);
    if (damage.length === 0) {
      screen.good(`the canary in ${host.canary} lives`);
      screen.good(`${host.count} files of ${host.watched.join(", ")} are as they were`);
    }
    const sound = await verifyImage(image, this.signal);
    if (sound) screen.good("the image, read again, has the digest that it had");
    else screen.bad("the image has changed");
    return damage.length === 0 && sound;
  }

  private async bringBack(sandbox: Sandbox, snapshot: Snapshot, agent: Agent, before: string): Promise<boolean> {
    const { screen } = this;
    this.act("A rollback, and the same agent again");
    const [, took] = await timed(() => sandbox.rollback(snapshot));
    screen.good(`back after ${took}: ${await countFiles(sandbox)} files`);
    const same = (await agent.work()) === before;
    if (same) screen.good("the same report, to the byte");
    else screen.bad("another report than before");
    return same;
  }

  /** Of the declared task, whose sandbox has ended with it. */
  private async readResult(task: string): Promise<void> {
    const { screen, signal } = this;
    this.act("A task of its own has worked meanwhile, and ended with its sandbox");
    screen.command("npx sandstack logs report");
    const result: SandboxResult = await Sandbox.result(task, { signal });
    screen.quoting()(result.output);
    screen.say(`${result.how}, exit code ${result.exitCode}`);
  }

  private async declareAgain(stack: DemoStack): Promise<boolean> {
    this.act("What is declared is still true: nothing changes");
    this.screen.command("npx sandstack up");
    const { changes } = await stack.up(this.signal);
    const unchanged = Object.keys(changes).join() === "same";
    if (!unchanged) this.screen.bad("it has changed something");
    return unchanged;
  }

  /** True where nothing is left. */
  private async end(stack: DemoStack): Promise<boolean> {
    this.act("The end");
    this.screen.command("npx sandstack destroy");
    const receipt = await stack.destroy(this.signal);
    return receipt?.left.length === 0;
  }

  private act(title: string): void {
    this.signal.throwIfAborted();
    this.screen.act(title);
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
  } finally {
    // What a program that ran in this process has left running does not keep it.
    process.exit();
  }
}

void main();
