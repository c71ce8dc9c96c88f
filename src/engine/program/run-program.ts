import type { AsyncLocalStorage } from "node:async_hooks";
import { SandstackError } from "../../model/error";
import type { Run } from "../deploy/run";
import { createMonitor } from "../monitor/monitor";
import { engineService } from "../provider/engine-service";
import { resolveSdk } from "../../sdk/own";
import { activeResources, turnAround, waitForAftermath } from "./aftermath";
import type { Entry } from "./entry";
import { programFailure } from "./failure";
import { guard, outsideProgram } from "./guard";
import { hookHeavyModules, loadSdk } from "./lazy-modules";
import { enterFile, type Place } from "./load";

/** What declares the resources: a file, or a function. */
export type Program = { entry: Entry } | { inline: () => unknown };

interface Store {
  settings: { monitor?: unknown; engine?: unknown; options: { rootDirectory?: string } };
  logErrorCount: number;
}
/** Before 3.143 the storage was the module's own; since then it is one for all copies of the SDK. */
interface SdkState {
  asyncLocalStorage?: AsyncLocalStorage<Store>;
  LocalStore: new () => Store;
  getStore(): Store;
}
type Settings = Pick<typeof import("@pulumi/pulumi/runtime/settings"), "resetOptions" | "disconnect">;
type SdkConfig = Pick<typeof import("@pulumi/pulumi/runtime/config"), "setAllConfig">;
type SdkStack = Pick<typeof import("@pulumi/pulumi/runtime/stack"), "runInPulumiStack">;

/** Loads what a program needs before it can run: worth doing while something else is waited for. */
export function loadProgramSdk(program: Program): string {
  const manifest = resolveSdk("entry" in program ? program.entry.file : __filename);
  const unhook = hookHeavyModules(manifest);
  try {
    loadSdk(manifest, "index.js");
  } finally {
    unhook();
  }
  return manifest;
}

/**
 * Runs a program to its end; what it registers goes to the run. Ends at once when the run stops.
 * @throws SandstackError PROGRAM_FAILED
 */
export async function runProgram(run: Run, program: Program): Promise<void> {
  const manifest = loadProgramSdk(program);
  const before = activeResources(false);
  const { folder } = run.options;
  const fail = (error: unknown) => {
    if (!run.stopped) run.fail(programFailure(error, folder));
  };
  const unhook = hookHeavyModules(manifest);
  const place: Place =
    "entry" in program
      ? enterFile(program.entry)
      : { load: () => Promise.resolve().then(program.inline), leave: () => undefined, isFunction: true };
  try {
    await guard({ fail }, () => {
      const ended = inSdk(run, manifest, place, before);
      // It fails of itself when the run has stopped, and nobody waits for it.
      ended.catch(() => undefined);
      return Promise.race([ended, run.whenStopped]);
    });
  } catch (error) {
    if (run.stopped) return;
    throw programFailure(error, folder);
  } finally {
    place.leave();
    unhook();
  }
}

function inSdk(run: Run, manifest: string, place: Place, before: readonly string[]): Promise<void> {
  const state = loadSdk<SdkState>(manifest, "runtime/state.js");
  const settings = loadSdk<Settings>(manifest, "runtime/settings.js");
  const { project, stack, parallel, dryRun, config, folder } = run.options;
  const { asyncLocalStorage: shared } = globalThis as { asyncLocalStorage?: AsyncLocalStorage<Store> };
  const storage = state.asyncLocalStorage ?? shared;
  if (storage === undefined) throw new SandstackError("UNSUPPORTED", `${manifest}: this version is not covered.`);
  return storage.run(new state.LocalStore(), async () => {
    settings.resetOptions(project, stack, parallel, "", "", dryRun, "organization");
    const store = state.getStore();
    store.settings.options.rootDirectory = folder;
    store.settings.monitor = createMonitor(run, outsideProgram);
    store.settings.engine = engineService({ log: (severity, message, urn) => run.log(severity, message, urn) });
    loadSdk<SdkConfig>(manifest, "runtime/config.js").setAllConfig(config.values, config.secretKeys);
    await loadSdk<SdkStack>(manifest, "runtime/stack.js").runInPulumiStack(() => place.load());
    await settings.disconnect();
    await turnAround();
    // Around a function there is a process that does other things too.
    if (!place.isFunction)
      await waitForAftermath(
        before,
        { stopped: () => run.stopped, plugins: () => run.options.registry.hasPlugins },
        (kinds) => run.log("info", `The program has ended, but not what it started: ${kinds.join(", ")}`),
      );
    await settings.disconnect();
    if (store.logErrorCount > 0 && !run.stopped) {
      throw new SandstackError("PROGRAM_FAILED", "The program has reported errors.");
    }
  });
}
