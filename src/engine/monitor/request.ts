import type { ReadResourceRequest, RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { SandstackError } from "../../model/error";
import { plainGoal, type AliasSpec, type Goal } from "../deploy/goal";
import { fromProgram } from "../property/value";
import { fromStruct } from "../provider/transport";

/**
 * What a program asks for when it registers a resource.
 * @throws SandstackError UNSUPPORTED, INVALID_OPTION
 */
export function goalOf(request: RegisterResourceRequest): Goal {
  refuse(request);
  const timeouts = request.getCustomtimeouts();
  const dependencies: Record<string, string[]> = {};
  for (const [key, urns] of request.getPropertydependenciesMap().entries()) dependencies[key] = urns.getUrnsList();
  return {
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    parent: request.getParent() || undefined,
    inputs: fromProgram(fromStruct(request.getObject())),
    provider: request.getProvider(),
    version: request.getVersion(),
    dependencies: request.getDependenciesList(),
    propertyDependencies: dependencies,
    protect: request.getProtect() ?? false,
    deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    aliases: aliasesOf(request),
    customTimeouts: {
      create: seconds("create", timeouts?.getCreate()),
      update: seconds("update", timeouts?.getUpdate()),
      delete: seconds("delete", timeouts?.getDelete()),
      read: seconds("read", timeouts?.getRead?.()),
    },
    retainOnDelete: request.getRetainondelete() ?? false,
    deletedWith: request.getDeletedwith(),
    sourcePosition: positionOf(request),
  };
}

/** The same for a resource that is only read. */
export function readGoalOf(request: ReadResourceRequest): Goal {
  return {
    ...plainGoal(request.getType(), request.getName()),
    parent: request.getParent() || undefined,
    provider: request.getProvider(),
    version: request.getVersion(),
    dependencies: request.getDependenciesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    sourcePosition: positionOf(request),
  };
}

/**
 * What the engine has not learnt yet is refused by its name: doing half of it would be worse. Older SDKs do not have
 * every question.
 */
function refuse(request: RegisterResourceRequest): void {
  const what = [
    [request.getRemote(), "remote components"],
    [request.getImportid() !== "", "the option `import`"],
    [request.getPackageref() !== "", "parameterised packages"],
    [request.getTransformsList().length > 0, "the option `transforms`"],
    [request.hasHooks?.(), "the option `hooks`"],
    [(request.getReplaceWithList?.() ?? []).length > 0, "the option `replaceWith`"],
    [request.hasReplacementTrigger?.(), "the option `replacementTrigger`"],
    [(request.getEnvvarmappingsMap?.().getLength() ?? 0) > 0, "the option `envVarMappings`"],
    [request.getPlugindownloadurl() !== "", "the option `pluginDownloadURL`"],
  ].find(([asked]) => asked);
  if (what === undefined) return;
  throw new SandstackError(
    "UNSUPPORTED",
    `${request.getType()} "${request.getName()}": ${String(what[1])} is not covered by this engine.`,
    { hint: "The Pulumi CLI runs the same stack on the same state." },
  );
}

function aliasesOf(request: RegisterResourceRequest): AliasSpec[] {
  const urns: AliasSpec[] = request.getAliasurnsList().map((urn) => ({ urn }));
  const specs = request.getAliasesList().map((alias): AliasSpec => {
    const spec = alias.getSpec();
    if (spec === undefined) return { urn: alias.getUrn() };
    return {
      name: spec.getName(),
      type: spec.getType(),
      stack: spec.getStack(),
      project: spec.getProject(),
      parent: spec.getParenturn(),
      noParent: spec.getNoparent(),
    };
  });
  return [...urns, ...specs];
}

/** The user's line: the first one on the way to the resource that is in no package. */
function positionOf(request: RegisterResourceRequest | ReadResourceRequest): string | undefined {
  const frames = request.getStacktrace?.()?.getFramesList() ?? [];
  const positions = frames.flatMap((frame) => frame.getPc() ?? []);
  const own = positions.find((position) => !position.getUri().includes("/node_modules/"));
  const found = own ?? request.getSourceposition();
  return found === undefined || found.getUri() === ""
    ? undefined
    : `${found.getUri()}#${found.getLine()},${found.getColumn()}`;
}

const UNITS: Record<string, number> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** Seconds of a duration as Go writes it: `1h30m`, `90s`. */
export function seconds(option: string, text: string | undefined): number {
  if (text === undefined || text === "") return 0;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)];
  if (parts.map(([part]) => part).join("") !== text) {
    throw new SandstackError("INVALID_OPTION", `customTimeouts.${option}: "${text}" is not valid.`, {
      hint: `customTimeouts.${option} takes a duration such as 90s or 1h30m.`,
    });
  }
  return parts.reduce((sum, [, amount, unit = "s"]) => sum + Number(amount) * (UNITS[unit] ?? 0), 0);
}
