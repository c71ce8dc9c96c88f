import { seccompProfile } from "./seccomp-profile";

/** Where the guest's volume is seen, read-only. */
export const GUEST_FOLDER = "/.sandstack";
export const GUEST_PROGRAM = `${GUEST_FOLDER}/sandstack-guest`;

/** What it takes to change ids, to signal and to own the payload's files, and nothing else (DESIGN section 4). */
export const CAPABILITIES = ["SETUID", "SETGID", "KILL", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "SETPCAP"];

/** What a root file system that is read-only leaves to programs beside a sandbox's volumes. */
export const RUN_TMPFS = { "/run": "rw,nosuid,nodev,mode=755,size=16m" };

/** The directory where terminals are. */
export const TERMINALS = "/dev/pts";

/**
 * The volume that is mounted there: a container's own /dev/pts has no bound, and one of them takes all terminals of the
 * machine. The engine makes it with the container, without a name, and removes it with the container. It has no files. A
 * runtime that is named has terminals of its own making.
 */
export const TERMINAL_OPTIONS = {
  type: "devpts",
  device: "devpts",
  // The most terminals are as many as guest/src/keeper/devices.c gives; the group is tty.
  o: "newinstance,max=64,ptmxmode=0666,mode=0620,gid=5",
};

/** Its last words and the end of a task's output are in a container's log. */
export const LOG_OPTIONS = { "max-size": "8m", "max-file": "1" };

/** The guest, and whoever comes through `docker exec`, beside the payload's own. */
export const SPARE_PROCESSES = 32;

export function securityOptions(): string[] {
  return ["no-new-privileges", `seccomp=${seccompProfile()}`];
}
