import { SandstackError } from "../../model/error";
import type { CheckResult } from "../provider/client";

/** @throws SandstackError INVALID_OPTION naming each property that the provider refuses */
export function checkFailures(
  { failures }: CheckResult,
  locate: (error: unknown, urn: string) => SandstackError,
  urn: string,
): void {
  if (failures.length === 0) return;
  const lines = failures.map(({ property, reason }) => (isNamed(property, reason) ? reason : `${property}: ${reason}`));
  throw locate(new SandstackError("INVALID_OPTION", lines.join("; ")), urn);
}

/** Whether a reason begins with the property, as those of our provider do. */
function isNamed(property: string, reason: string): boolean {
  return property === "" || (reason.startsWith(property) && !/\w/.test(reason.charAt(property.length)));
}
