import { formatEnvs } from "../../model/envs";
import { parseAfterEnd } from "../../model/after-end";
import { argvOf } from "../../model/argv";
import { invalidOption } from "../../model/error";
import { parseLocalTier, parseLimits, parseNetwork, parseUser, type LimitOptions } from "../../model/sandbox-options";
import type { Limits, TierName } from "../../model/tier";
import type { Checker } from "../checker";

/** Looks at an instance's inputs, before anything is made. */
export async function checkInstance(checker: Checker): Promise<void> {
  await checker.require("tier", "the host's", parseLocalTier);
  await checker.require("lease", "the id of a lease", (lease) => lease);
  await checker.parse("group", checkGroup);
  await checker.parse("task", (task) => (argvOf(task, "task"), task));
  await checker.parse("afterEnd", parseAfterEnd);
  await checker.parse("limits", canonicalLimits);
  if (checker.isGood("tier")) {
    const tier = checker.inputs["tier"] as TierName;
    await checker.parse("network", (network) => parseNetwork(network, tier));
    await checker.parse("user", (user) => parseUser(user, tier));
  }
  await checkEnvironment(checker);
}

async function checkGroup(group: string): Promise<string> {
  const { groupId } = await import("../../tiers/index.js");
  groupId(group);
  return group;
}

/** Only what is given: a default is the machine's, and no change where that is another one. */
export function canonicalLimits(given: LimitOptions): Limits {
  const parsed = parseLimits(given);
  const names = Object.keys(given) as (keyof Limits)[];
  return Object.fromEntries(names.map((name) => [name, parsed[name]]));
}

export async function checkEnvironment(checker: Checker): Promise<void> {
  for (const name of ["env", "secrets"]) await checker.parse(name, (envs) => (formatEnvs(envs, name), envs));
  if (!checker.isGood("env") || !checker.isGood("secrets")) return;
  await checker.attempt("secrets", () => {
    const { env, secrets } = checker.inputs as Record<"env" | "secrets", object>;
    const both = Object.keys(secrets).find((name) => name in env);
    if (both !== undefined) throw invalidOption("secrets", both, "names that are not in env, too");
  });
}
