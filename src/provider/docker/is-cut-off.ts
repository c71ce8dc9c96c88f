import type { Label } from "../../model/docker/label-list";
import type { Values } from "../values";
import { hasOwnName } from "./check-inputs";
import { bears } from "./labels";
import { givenAs } from "./marks";

/**
 * Whether what has a wanted name is what an earlier run, which was cut off, has made for this very resource: by its labels,
 * or, where it has none, by a name that nobody else can have chosen.
 * @param interrupted the inputs of that run
 * @param found the labels of what has the name
 */
export function isCutOff(
  interrupted: Values | undefined,
  name: string,
  found: Readonly<Record<string, string>> | null | undefined,
): boolean {
  if (interrupted === undefined) return false;
  const before = givenAs<{ name: string; labels?: Label[] }>(interrupted);
  const labels = before.labels ?? [];
  return before.name === name && bears(found, labels) && (labels.length > 0 || hasOwnName(interrupted));
}
