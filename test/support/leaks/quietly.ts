/** What `read` gives, or `undefined` where the thing went away while it was looked at. */
export function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
