/** What every /dev has, as `path kind major minor`. Left out of images, for each sandbox gets a /dev of its own. */
const COMMON = new Set([
  "dev/null c 1 3",
  "dev/zero c 1 5",
  "dev/full c 1 7",
  "dev/random c 1 8",
  "dev/urandom c 1 9",
  "dev/tty c 5 0",
  "dev/console c 5 1",
  "dev/ptmx c 5 2",
]);

/** Whether a device is one that bootstrapping tools put into every root file system, and that leads nowhere. */
export function isCommonDevice(path: string, kind: "c" | "b", major: number, minor: number): boolean {
  return COMMON.has(`${path} ${kind} ${major} ${minor}`);
}
