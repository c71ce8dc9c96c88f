import { SandstackError } from "../../model/error";
import type { EngineEvent, OperationKind, Step, StepOp } from "../events";
import type { Config } from "../project/config";
import { mask } from "../property/value";
import { isUsersCode } from "../program/own-code";
import type { Redactor } from "../secrets/redactor";
import type { ProviderClient } from "../provider/client";
import { versionOf, type ProviderRegistry } from "../provider/registry";
import type { StateKeeper } from "../state/keeper";
import type { ResourceState } from "../state/resource-state";
import { makeUrn, packageOf, parseReference, parseUrn, STACK_TYPE } from "../urn";
import type { Goal } from "./goal";
import { Semaphore } from "./semaphore";

/** Thrown at whoever asks for something after the run has stopped. Nobody reports it: what stopped the run was told. */
export class Stopped extends Error {}

export interface RunOptions {
  kind: Exclude<OperationKind, "preview">;
  dryRun: boolean;
  project: string;
  stack: string;
  /** The folder of `Pulumi.yaml`. */
  folder: string;
  /** Where relative paths of assets begin. */
  workFolder: string;
  config: Config;
  keeper: StateKeeper;
  registry: ProviderRegistry;
  parallel: number;
  emit: (event: EngineEvent) => void;
  redactor: Redactor;
}

/** One update, preview, refresh or destroy while it runs: what its parts share. */
export class Run {
  /** What was there before, by URN; without what is only waiting to be deleted. */
  readonly olds = new Map<string, ResourceState>();
  /** What was registered, by URN, as it is to be. */
  readonly states = new Map<string, ResourceState>();
  /** Who claims a URN. */
  readonly goals = new Map<string, Goal>();
  readonly aliases = new Map<string, string[]>();
  /** Resources of before that somebody stands for now. */
  readonly taken = new Set<ResourceState>();
  /** URNs whose last update was cut off. */
  readonly interrupted = new Set<string>();
  readonly defaultProviders = new Map<string, Promise<string>>();
  readonly steps: { op: StepOp }[] = [];
  /** Resolves when the run has stopped early. */
  readonly whenStopped: Promise<void>;

  private stop!: () => void;
  private reason: { error: unknown } | undefined;
  private readonly inFlight = new Set<Promise<unknown>>();
  private readonly semaphore: Semaphore;

  constructor(readonly options: RunOptions) {
    this.semaphore = new Semaphore(options.parallel);
    this.whenStopped = new Promise((resolve) => (this.stop = resolve));
  }

  get dryRun(): boolean {
    return this.options.dryRun;
  }
  get keeper(): StateKeeper {
    return this.options.keeper;
  }
  get rootUrn(): string {
    const { project, stack } = this.options;
    return makeUrn(stack, project, undefined, STACK_TYPE, `${project}-${stack}`);
  }
  get stopped(): boolean {
    return this.reason !== undefined;
  }
  /** What stopped the run. */
  get failure(): unknown {
    return this.reason?.error;
  }

  /** Takes what the state says as the beginning. */
  begin(): void {
    this.olds.clear();
    for (const resource of this.keeper.remaining()) {
      if (resource.delete !== true) this.olds.set(resource.urn, resource);
    }
  }

  checkRunning(): void {
    if (this.stopped) throw new Stopped("the run has stopped");
  }

  /** Nothing new begins; what is under way ends. The first failure is the run's; the others are only told. */
  fail(error: unknown, urn?: string): void {
    if (error instanceof Stopped) return;
    const known = error === this.reason?.error;
    this.reason ??= { error };
    if (!known) this.log("error", SandstackError.from(error).message, urn);
    this.stop();
  }

  /** The same for who asks for it: nothing has failed. */
  cancel(error: SandstackError): void {
    this.reason ??= { error };
    this.options.emit({ event: "cancelled", message: error.message });
    this.stop();
  }

  log(severity: "debug" | "info" | "warning" | "error", message: string, urn?: string): void {
    this.options.emit({ event: "diagnostic", severity, message, ...(urn === undefined ? {} : { urn }) });
  }

  /** Takes a step: when it is its turn, and unless the run has stopped. */
  async step<T>(step: Step, work: () => Promise<T>, after: (result: T) => Partial<Step> = () => ({})): Promise<T> {
    this.checkRunning();
    const running = this.semaphore.run(async () => {
      this.checkRunning();
      const start = Date.now();
      this.options.emit({ event: "step", step });
      try {
        const result = await work();
        this.done({ ...step, ...after(result) }, Date.now() - start);
        return result;
      } catch (error) {
        if (error instanceof Stopped) throw error;
        const told = this.locate(error, step.urn);
        this.options.emit({ event: "step-failed", step, message: told.message });
        this.fail(told, step.urn);
        throw told;
      }
    });
    return this.track(running);
  }

  /** A step was taken; one that changes nothing only ends. */
  done(step: Step, ms = 0): void {
    // Before an update a refresh is only a look; what it finds shows in the update's own steps.
    if (step.op !== "refresh") this.steps.push({ op: step.op });
    else if (this.options.kind === "refresh") this.steps.push({ op: step.found ?? "same" });
    this.options.emit({ event: "step-done", step, ms });
  }

  /** Waits until nothing is under way. */
  async drain(): Promise<void> {
    while (this.inFlight.size > 0) await Promise.allSettled(this.inFlight);
  }

  /** What `drain` waits for. */
  track<T>(work: Promise<T>): Promise<T> {
    this.inFlight.add(work);
    const forget = () => this.inFlight.delete(work);
    work.then(forget, forget);
    return work;
  }

  /** The provider of a resource. */
  client(resource: Pick<ResourceState, "urn" | "provider">): Promise<ProviderClient> {
    if (resource.provider === undefined || resource.provider === "") {
      throw new SandstackError("CORRUPT", `${resource.urn} has no provider in the state.`);
    }
    return this.options.registry.get(resource.provider, (urn, id) => this.findProvider(urn, id));
  }

  /** Is a resource's provider one of this process's own? Then its creates and deletes are safe to repeat. */
  isOwn({ type, provider }: ResourceState): boolean {
    const { urn, id } = parseReference(provider ?? "");
    return this.options.registry.isOwn(packageOf(type), versionOf(this.findProvider(urn, id)?.inputs ?? {}));
  }

  private findProvider(urn: string, id: string): ResourceState | undefined {
    const now = this.states.get(urn);
    if (now?.id === id) return now;
    return this.keeper.snapshot().resources.find((other) => other.urn === urn && other.id === id);
  }

  /** Where the user has declared a resource; what a component of a package declares, where that is declared. */
  private positionOf(urn: string): string | undefined {
    for (let goal = this.goals.get(urn); goal !== undefined; goal = this.goals.get(goal.parent ?? "")) {
      if (goal.sourcePosition !== undefined && isUsersCode(goal.sourcePosition)) return goal.sourcePosition;
    }
    return this.goals.get(urn)?.sourcePosition;
  }

  /** An error that says which resource it is about, and where that stands in the program. */
  locate(error: unknown, urn: string): SandstackError {
    const { code, message, hint } = SandstackError.from(error, "UPDATE_FAILED");
    const { type, name } = parseUrn(urn);
    const position = this.positionOf(urn);
    const place = position === undefined ? "" : ` at ${showPosition(position, this.options.folder)}`;
    return new SandstackError(code, `${type} "${name}"${place}: ${message}`, { cause: error, hint });
  }
}

/** `stacks/index.ts:12:3` of `file:///…/stacks/index.ts#12,3`. */
export function showPosition(position: string, folder: string): string {
  const [url = "", place = ""] = position.split("#");
  const path = decodeURIComponent(url.replace("file://", ""));
  const relative = path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
  return `${relative}:${place.replace(",", ":")}`;
}

/** A step as it may be shown. */
export function describe(op: StepOp, now: ResourceState, old?: ResourceState, more: Partial<Step> = {}): Step {
  const { type, name } = parseUrn(now.urn);
  const optional = {
    parent: now.parent,
    id: now.id ?? old?.id,
    oldInputs: old?.inputs && mask(old.inputs),
    oldOutputs: old?.outputs && mask(old.outputs),
    newInputs: op === "delete" || op === "delete-replaced" ? undefined : now.inputs && mask(now.inputs),
    ...more,
  };
  const present = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  return { op, urn: now.urn, type, name, custom: now.custom, ...present };
}
