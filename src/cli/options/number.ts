import { invalidOption } from "../../model/error";

/** `--cpus`: processors, e.g. 0.5. */
export function parseCpus(value: string): number {
  const cpus = Number(value);
  if (!/^\d+(\.\d+)?$/.test(value) || cpus <= 0)
    throw invalidOption("--cpus", value, "a number above zero such as 0.5 or 2");
  return cpus;
}

/** `--processes`: how many at once. */
export function parseProcesses(value: string): number {
  const processes = Number(value);
  if (!/^\d+$/.test(value) || processes < 1)
    throw invalidOption("--processes", value, "a whole number above zero such as 128");
  return processes;
}
