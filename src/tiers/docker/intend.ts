import { containerName, volumeName, WRITABLE } from "../../model/docker/names";
import type { SandboxSpec } from "../../model/tier";
import { writeIntent } from "../ledger/entry";
import type { DockerClaims, DockerIntent } from "../ledger/intent";
import { ownIdentity } from "../system/process";

/** Writes down what a sandbox will take of an engine, by names that follow from its id. */
export function intend(spec: SandboxSpec, claimed: Omit<DockerClaims, "container" | "volumes">): DockerIntent {
  const volumes = WRITABLE.map((volume) => volumeName(spec.id, volume));
  const claims = { ...claimed, container: containerName(spec.id), volumes };
  const intent: DockerIntent = { version: 1, tier: "docker", spec, claims, creator: ownIdentity() };
  writeIntent(intent);
  return intent;
}
