import type { Label } from "../../model/docker/label-list";

/** Labels as an engine has them. */
export function labelMap(labels: readonly Label[] = []): Record<string, string> {
  return Object.fromEntries(labels.map(({ label, value }) => [label, value]));
}

/** Does an object of the engine bear all of these? An image's own come on top. */
export function bears(found: Readonly<Record<string, string>> | null | undefined, labels: readonly Label[]): boolean {
  return labels.every(({ label, value }) => found?.[label] === value);
}
