export type { DockerArgs } from "./docker/docker-args";
export { SandboxHost, type AccessArgs, type SandboxHostArgs } from "./sandbox-host";
export { SandboxImage, type ImageFileArgs, type ImageFromArgs, type SandboxImageArgs } from "./sandbox-image";
export { SandboxInstance, type EnvArgs, type LimitArgs, type SandboxInstanceArgs } from "./sandbox-instance";
export { SandboxSnapshot, type SandboxSnapshotArgs } from "./sandbox-snapshot";
export { SandstackError, type ErrorCode } from "../src/model/error";
export type { AfterEnd } from "../src/model/after-end";
export type { Capabilities } from "../src/model/capabilities";
export type { Network, TierName } from "../src/model/tier";
