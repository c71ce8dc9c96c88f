import { readFile } from "node:fs/promises";
import { Sandbox, type SandboxOptions } from "../../runtime";
import { compileProbe } from "../support/probe";
import { probeSource } from "./facts";
import type { ProbeRun } from "./verdict";

/** Where a probe is held: a tier, and who it is there. */
export interface Where {
  tier: "chroot" | "nspawn" | "docker";
  user: "agent" | "root";
}

export const PLACES: readonly Where[] = [
  { tier: "chroot", user: "agent" },
  { tier: "nspawn", user: "agent" },
  { tier: "nspawn", user: "root" },
];

/** A sandbox that probes run in. */
export interface Place {
  sandbox: Sandbox;
  /** Where a probe is, or will be, inside. */
  path(program: string): string;
  /** Puts a probe inside. */
  put(program: string): Promise<void>;
  run(program: string, args?: readonly string[]): Promise<ProbeRun>;
  close(): Promise<void>;
}

export async function openPlace({ tier, user }: Where, options: Partial<SandboxOptions> = {}): Promise<Place> {
  const sandbox = await Sandbox.create({ tier, ...options });
  // Where every user gets to.
  const path = (program: string) => `/tmp/probes/${program}`;
  const put = async (program: string) => {
    await sandbox.files.write(path(program), await readFile(compileProbe(probeSource(program))), { mode: 0o755 });
  };
  return {
    sandbox,
    path,
    put,
    async run(program, args = []) {
      await put(program);
      return sandbox.commands.run([path(program), ...args], { user, reject: false });
    },
    close: async () => void (await sandbox.kill()),
  };
}
