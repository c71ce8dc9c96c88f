import { constants } from "node:os";

/** What a probe said. `proof` is its line after the first word. */
export interface Verdict {
  succeeded: boolean;
  proof: string;
}

/** How a probe's run ended, wherever it ran. */
export interface ProbeRun {
  exitCode: number | null;
  signal: number | null;
  stdout: string;
  stderr: string;
}

/**
 * Reads a probe's run. Being killed for the call it made (SIGSYS) or for the memory it took (SIGKILL) is an answer.
 * @throws Error when the probe itself did not work: a crash, a missing argument, silence
 */
export function readVerdict(run: ProbeRun): Verdict {
  const line = /^(SUCCEEDED|BLOCKED) (.*)$/m.exec(run.stdout);
  if (line) return { succeeded: line[1] === "SUCCEEDED", proof: line[2] as string };
  if (run.signal === constants.signals.SIGSYS || run.signal === constants.signals.SIGKILL) {
    return { succeeded: false, proof: `killed by signal ${run.signal}` };
  }
  throw new Error(`the probe did not work: ${JSON.stringify(run)}`);
}
