import type { SandboxSpec } from "../../model/tier";
import { readAccountFile } from "../local/passwd";

const DEFAULT_HOME = "/home/agent";
/** A volume over one of these would hide what the image, the guest or another volume has there. */
const TAKEN = ["/", "/tmp", "/var/tmp", "/var", "/usr", "/bin", "/sbin", "/etc", "/proc", "/sys", "/dev", "/run"];

/** Where the user of a sandbox is at home, by the image's own accounts. */
export function homeOf({ user, layers }: Pick<SandboxSpec, "user" | "layers">): string {
  const accounts = readAccountFile(layers, "passwd") ?? "";
  const line = accounts.split("\n").find((one) => [0, 2].some((column) => one.split(":")[column] === user));
  const home = line?.split(":")[5]?.replace(/\/+$/, "");
  if (!home?.startsWith("/") || /\/\.\.?(\/|$)/.test(home)) return DEFAULT_HOME;
  return TAKEN.some((taken) => home === taken || home.startsWith("/proc/") || home.startsWith("/sys/"))
    ? DEFAULT_HOME
    : home;
}
