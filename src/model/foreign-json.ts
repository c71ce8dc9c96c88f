import { SandstackError } from "./error";

/** How deep a value may go: what walks it later does so in one call for each level. */
const DEEPEST = 200;
/** How many lists and objects: one of two bytes takes fifty times as much memory. */
const MOST = 1_000_000;
const OPENS = [0x5b, 0x7b];

/**
 * Reads a file of JSON that anybody may have written.
 * @throws SandstackError CORRUPT where it takes more memory or more levels than what anybody writes; SyntaxError
 */
export function parseForeignJson(bytes: Buffer, path: string): unknown {
  let count = 0;
  for (const byte of bytes) if (byte === OPENS[0] || byte === OPENS[1]) count += 1;
  if (count > MOST) throw new SandstackError("CORRUPT", `${path}: holds more than ${MOST} lists and objects.`);
  const value = JSON.parse(bytes.toString("utf8")) as unknown;
  refuseDeep(value, path);
  return value;
}

function refuseDeep(value: unknown, path: string): void {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) throw new SandstackError("CORRUPT", `${path}: is nested deeper than ${DEEPEST} levels.`);
    const below: unknown[] = [];
    for (const one of level) {
      if (typeof one !== "object" || one === null) continue;
      for (const inner of Array.isArray(one) ? (one as unknown[]) : Object.values(one)) {
        if (typeof inner === "object" && inner !== null) below.push(inner);
      }
    }
    level = below;
  }
}

/**
 * Reads what a file says, whatever it says.
 * @throws SandstackError CORRUPT where it is not shaped as `read` takes for granted
 */
export function shaped<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof SandstackError) throw cause;
    throw new SandstackError("CORRUPT", `${path}: is not shaped as it should be: ${(cause as Error).message}.`, {
      cause,
    });
  }
}
