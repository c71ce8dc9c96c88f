import { SandstackError } from "../model/error";
import { deleteUnwanted } from "./deploy/delete";
import { adoptInterrupted, forgetInterrupted, settleInterrupted, warnOfForeign } from "./deploy/pending";
import { refresh } from "./deploy/refresh";
import { Run } from "./deploy/run";
import type { Result } from "./events";
import type { EngineOptions, OperationResult } from "./options";
import { findEntry } from "./program/entry";
import { loadProgramSdk, runProgram, type Program } from "./program/run-program";
import { hasSecrets, rebuild, reveal, UNKNOWN, type PropertyMap } from "./property/value";
import { openSession, type Kind, type Session } from "./session";
import { countChanges } from "./state/history";

/**
 * Runs Pulumi programs in this process: the programs, the providers and the state files of the Pulumi CLI, without it.
 * Each method rejects with a SandstackError whose message names the user's line where there is one; the state then says
 * what was done until then, and the same call goes on from there.
 */
export class Engine {
  constructor(private readonly options: EngineOptions) {}

  /** What an operation would do. Touches nothing: no provider makes, changes or deletes, and no file is written. */
  preview(of: Kind = "update"): Promise<OperationResult> {
    return this.operate(of, true);
  }

  /** Makes the world as the program declares it. */
  up(): Promise<OperationResult> {
    return this.operate("update", false);
  }

  /** Makes the state say what the world is. */
  refresh(): Promise<OperationResult> {
    return this.operate("refresh", false);
  }

  /** Deletes all that the stack has. The stack itself stays, empty. */
  destroy(): Promise<OperationResult> {
    return this.operate("destroy", false);
  }

  private async operate(kind: Kind, dryRun: boolean): Promise<OperationResult> {
    const start = Date.now();
    const { project, stack, events = () => undefined, signal } = this.options;
    const time = new Date(start).toISOString();
    const operation = dryRun ? "preview" : kind;
    events({ event: "start", operation, dryRun, project: project.name, stack, time });
    const session = await this.open(kind, dryRun);
    const { run } = session;
    const interrupt = () => {
      const error = new SandstackError("ABORTED", `The ${operation} was cancelled.`, {
        cause: signal?.reason,
        hint: "What was done until then is in the state; run the same command to go on.",
      });
      run.cancel(error);
      session.registry.cancel();
    };
    signal?.addEventListener("abort", interrupt);
    if (signal?.aborted === true) interrupt();
    let result: Result = "failed";
    try {
      await this.work(kind, run).catch((error: unknown) => run.fail(error));
      await run.drain();
      if (!run.stopped) result = "succeeded";
      else if (signal?.aborted === true) result = "cancelled";
    } finally {
      signal?.removeEventListener("abort", interrupt);
      const changes = countChanges(run.steps);
      await session.close(result, changes, start).catch((error: unknown) => run.fail(error));
      if (run.stopped && result === "succeeded") result = "failed";
      events({ event: "summary", result, changes, ms: Date.now() - start });
    }
    if (run.stopped) throw run.options.redactor.error(SandstackError.from(run.failure));
    return outcome(run);
  }

  /** Opens the stack while the SDK loads: deriving its key takes a while, in another thread. */
  private async open(kind: Kind, dryRun: boolean): Promise<Session> {
    const opening = openSession(this.options, kind, dryRun);
    try {
      if (kind === "update") loadProgramSdk(this.program());
    } catch (error) {
      await opening.then(
        (session) => session.abandon(),
        () => undefined,
      );
      throw error;
    }
    return opening;
  }

  private program(): Program {
    const { program, project } = this.options;
    return program === undefined ? { entry: findEntry(project.folder, project.main) } : { inline: program };
  }

  private async work(kind: Kind, run: Run): Promise<void> {
    run.checkRunning();
    warnOfForeign(run);
    if (kind === "refresh" || this.options.project.refreshAlways) await refresh(run);
    if (kind === "refresh") return;
    if (kind === "update") await settleInterrupted(run);
    run.begin();
    if (kind === "update") {
      await runProgram(run, this.program());
      run.checkRunning();
    }
    await adoptInterrupted(run);
    await deleteUnwanted(run);
    if (kind === "destroy" && !run.dryRun) await forgetInterrupted(run);
  }
}

function outcome(run: Run): OperationResult {
  const outputs = run.states.get(run.rootUrn)?.outputs ?? {};
  return {
    outputs: rebuild(reveal(outputs), (value) => (value === UNKNOWN ? "[unknown]" : value)) as PropertyMap,
    secretOutputs: Object.keys(outputs).filter((key) => hasSecrets(outputs[key] ?? null)),
    changes: countChanges(run.steps),
  };
}
