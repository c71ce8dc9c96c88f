import { SandstackError } from "./error";
import { TIERS, type Connection, type TierName } from "./tier";

/** A connection as the plain string that a stack's output carries. */
export function formatConnection(connection: Connection): string {
  return JSON.stringify(connection);
}

/** Whether a text is meant as a connection rather than as a sandbox's name or id. */
export function looksLikeConnection(text: string): boolean {
  return text.trimStart().startsWith("{");
}

const RIGHT = "Pass an instance's `connection` output as it is, or a sandbox's name or id.";

/**
 * The connection in a string.
 * @throws SandstackError INVALID_OPTION when it is none, VERSION when it is newer than this version knows
 */
export function parseConnection(text: string): Connection {
  const wrong = (why: string) =>
    new SandstackError("INVALID_OPTION", `connection: ${why}.`, {
      hint: RIGHT,
    });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SandstackError("INVALID_OPTION", "connection: it is not JSON.", { cause, hint: RIGHT });
  }
  const c = value as Partial<Connection>;
  if (typeof c !== "object" || c === null) throw wrong("it is not an object");
  if (typeof c.version !== "number") throw wrong("it has no version");
  if (c.version !== 1) {
    throw new SandstackError("VERSION", `connection: version ${String(c.version)} is not known here, only 1.`);
  }
  if (!TIERS.includes(c.tier as never)) throw wrong(`tier ${JSON.stringify(c.tier)} is none of ${TIERS.join(", ")}`);
  if (typeof c.id !== "string" || typeof c.owner !== "string") throw wrong("id or owner is missing");
  if (!isAddress(c.address, c.tier as TierName)) throw wrong("its address is not one this version knows");
  return c as Connection;
}

function isAddress(address: unknown, tier: TierName): boolean {
  const { kind, path, host, container } = (address ?? {}) as Partial<Record<string, unknown>>;
  // A relative path leads elsewhere in each process, and one that begins with NUL to nobody's file.
  if (tier !== "docker") return kind === "unix" && typeof path === "string" && /^\/[^\0]*$/.test(path);
  return kind === "docker" && typeof host === "string" && typeof container === "string";
}
