import { homedir } from "node:os";
import { join } from "node:path";
import { SandstackError } from "../model/error";
import { Run } from "./deploy/run";
import type { EngineEvent, Result } from "./events";
import type { EngineOptions } from "./options";
import { findEntry } from "./program/entry";
import { historyConfig, resolveConfig } from "./project/config";
import { engineService, serveEngine } from "./provider/engine-service";
import { reveal } from "./property/value";
import { ProviderRegistry } from "./provider/registry";
import type { ProviderHost } from "./provider/transport";
import { Redactor } from "./secrets/redactor";
import { openStack, type OpenStack } from "./stack";
import { formatCheckpoint } from "./state/checkpoint";
import { addToHistory } from "./state/history";
import { StateKeeper } from "./state/keeper";
import type { PendingOperation } from "./state/resource-state";
import { lockStack, type Lock } from "./state/lock";
import { stackPaths, writeState } from "./state/state-files";
import { Writer } from "./state/writer";

const PARALLEL = 16;

/** A stack while an operation has it: locked, decrypted, with its providers. */
export interface Session {
  run: Run;
  registry: ProviderRegistry;
  /** Writes the state for the last time, and the history; lets go of everything. */
  close(result: Result, changes: Record<string, number>, startedAt: number): Promise<void>;
  /** Lets go of everything as it is. */
  abandon(): Promise<void>;
}
export type Kind = "update" | "refresh" | "destroy";

/** @throws SandstackError LOCKED, BAD_PASSPHRASE, CORRUPT, VERSION, UNSUPPORTED, NOT_FOUND */
export async function openSession(options: EngineOptions, kind: Kind, dryRun: boolean): Promise<Session> {
  const { project, stack, passphrase } = options;
  const lock = dryRun ? undefined : lockStack(stackPaths(project.backend, project.name, stack).locks);
  try {
    const opened = await openStack(project, stack, passphrase);
    if (kind === "destroy" && !opened.exists) {
      throw new SandstackError("NOT_FOUND", `There is no stack ${stack} in project ${project.name}.`);
    }
    return makeSession(options, kind, dryRun, opened, lock);
  } catch (error) {
    lock?.release();
    throw error;
  }
}

function makeSession(
  options: EngineOptions,
  kind: Kind,
  dryRun: boolean,
  opened: OpenStack,
  lock: Lock | undefined,
): Session {
  const {
    project,
    stack,
    program,
    providers = {},
    standIns = {},
    parallel = PARALLEL,
    events = () => undefined,
  } = options;
  const { file, crypter, paths, snapshot } = opened;
  const config = resolveConfig(file.config(), project.config, project.name, (text) => crypter.decrypt(text));
  const redactor = new Redactor();
  for (const key of config.secretKeys) redactor.add(config.values[key] ?? "");
  for (const { inputs, outputs } of snapshot.resources) for (const value of [inputs, outputs]) redactor.learn(value);
  const emit = (event: EngineEvent) => events(redactor.event(event));
  let dirty = !opened.exists;
  const write = (sync: boolean) => {
    const text = formatCheckpoint(
      keeper.snapshot(),
      { project: project.name, stack, version: "", time: new Date() },
      crypter,
    );
    writeState(paths, text, sync);
  };
  const writer = new Writer(() => write(false));
  const save = () => {
    dirty = true;
    return writer.save();
  };
  const keeper = new StateKeeper(snapshot, dryRun ? () => Promise.resolve() : save);
  const host: ProviderHost = {
    log: (severity, message, urn) => emit({ event: "diagnostic", severity, message, ...(urn && { urn }) }),
    progress: (message, urn) => emit({ event: "progress", urn, message }),
    interrupted: (urn) => {
      const isIt = ({ resource, type }: PendingOperation) => type === "creating" && resource.urn === urn;
      const inputs = keeper.leftovers().find(isIt)?.resource.inputs;
      return inputs && reveal(inputs);
    },
  };
  const server = lazyServer(host);
  const workFolder =
    program === undefined && kind === "update" ? findEntry(project.folder, project.main).folder : project.folder;
  const registry = new ProviderRegistry({
    providers,
    standIns,
    plugins: project.plugins,
    pulumiHome: process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi"),
    folder: workFolder,
    host,
    engineAddress: server.address,
  });
  const run = new Run({
    kind,
    dryRun,
    project: project.name,
    stack,
    folder: project.folder,
    workFolder,
    config,
    keeper,
    registry,
    parallel,
    emit,
    redactor,
  });
  for (const { username, hostname, pid } of lock?.broken ?? []) {
    host.log("warning", `The lock of ${username}@${hostname} (pid ${pid}) was taken away: that process is gone.`);
  }
  if (!dryRun && file.salt !== crypter.state) {
    file.salt = crypter.state;
    file.save();
  }
  const abandon = async () => {
    await registry.close();
    await server.close();
    lock?.release();
  };
  const close: Session["close"] = async (result, changes, startedAt) => {
    try {
      if (dryRun) return;
      if (dirty) write(true);
      const seconds = (ms: number) => Math.floor(ms / 1000);
      addToHistory(paths, stack, {
        kind,
        startTime: seconds(startedAt),
        endTime: seconds(Date.now()),
        message: options.message ?? "",
        environment: { "exec.kind": "sandstack" },
        config: historyConfig(file.config(), project.name),
        result: result === "succeeded" ? "succeeded" : "failed",
        resourceChanges: changes,
      });
    } finally {
      await abandon();
    }
  };
  return { run, registry, close, abandon };
}

/** The engine's service for plugins, on a port from the first one on. */
function lazyServer(host: ProviderHost) {
  let serving: ReturnType<typeof serveEngine> | undefined;
  return {
    address: async () => (await (serving ??= serveEngine(engineService(host)))).address,
    close: async () => (await serving)?.close(),
  };
}
