export { Sandbox, type ConnectOptions } from "./sandbox";
export { SandstackError, type ErrorCode } from "../src/model/error";
export { CommandExitError, type CommandResult } from "./commands/command-result";
export type { CommandHandle } from "./commands/command-handle";
export type { CommandInfo, Commands } from "./commands/commands";
export type { OutputOptions, PlaceOptions, RunOptions } from "./commands/run-options";
export type { EntryInfo, FileType, WriteInfo } from "./files/entry-info";
export type {
  CallOptions,
  Files,
  ListOptions,
  ReadFormat,
  WatchOptions,
  WriteEntry,
  WriteOptions,
} from "./files/files";
export type { FilesystemEvent, FilesystemEventType, WatchHandle } from "./files/watch-handle";
export type { Pty, PtyOptions, PtyOutputOptions, PtySize } from "./pty";
export type { SandboxOptions } from "./options";
export type { LimitOptions } from "../src/model/sandbox-options";
export type { SandboxDetails, SandboxInfo, SandboxMetrics } from "./info";
export type { SandboxResult } from "./result";
export type { Snapshot, SnapshotOptions } from "./snapshot";
export type { Target } from "./target";
export type { Body } from "./body";
export type { Envs } from "../src/model/envs";
export type { BuildProgress, ImageArgs, ImageSource } from "../src/model/image";
export type { Connection, Limits, Network, TierName } from "../src/model/tier";
