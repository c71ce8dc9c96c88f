/** A label as a declaration and a state have it. */
export interface Label {
  label: string;
  value: string;
}

/** What an engine has as a map, as a declaration and a state have it. */
export function labelList(labels: Readonly<Record<string, string>> | null | undefined): Label[] {
  return Object.entries(labels ?? {}).map(([label, value]) => ({ label, value }));
}
