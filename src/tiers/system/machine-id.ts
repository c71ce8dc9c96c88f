import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { ifThere } from "./system-error";

/** The files that may hold an id. The last is of this boot, where a machine has no id that lasts. */
const SOURCES = ["/etc/machine-id", "/var/lib/dbus/machine-id", "/proc/sys/kernel/random/boot_id"];

let known: string | undefined;

/**
 * Gives an id that tells this machine from others at an engine that they share. It is not the machine's own id, which
 * is nobody else's business (machine-id(5)), but one that follows from it.
 */
export function machineId(): string {
  known ??= createHash("sha256").update(`sandstack ${source()}`).digest("hex").slice(0, 16);
  return known;
}

function source(): string {
  for (const path of SOURCES) {
    const text = ifThere(() => readFileSync(path, "utf8"))?.trim();
    if (text) return text;
  }
  return "";
}
