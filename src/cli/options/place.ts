/** Where `sandstack cp` copies from or to. */
export type Place = { kind: "here"; path: string } | { kind: "sandbox"; sandbox: string; path: string };

/**
 * `sandbox:/path` is in a sandbox; what has a slash before its first colon, or no colon, is here (as scp and
 * docker cp read it). A connection in the place of a name is JSON, and ends at its last brace.
 */
export function parsePlace(text: string): Place {
  const match = /^(\{.*\}):(.*)$/s.exec(text) ?? /^([^/:]+):(.*)$/s.exec(text);
  if (!match) return { kind: "here", path: text };
  return { kind: "sandbox", sandbox: match[1] as string, path: match[2] as string };
}
