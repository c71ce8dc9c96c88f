/** How a command of a build ended. */
export interface BuildCommandEnd {
  /** `null` where a signal ended it. */
  exitCode: number | null;
  /** The number of the signal that ended it. */
  signal: number | null;
  /** Its time was over. */
  timedOut: boolean;
  outOfMemory: boolean;
}

export interface BuildCommandOptions {
  /** It is ended when it runs longer, in ms. */
  timeoutMs: number;
  env?: Readonly<Record<string, string>>;
  /** Working directory. Default `/`. */
  cwd?: string;
  /** Told every line that it writes to stdout or stderr. */
  onLine?: (line: string) => void;
}

/**
 * Where commands of an image's declaration run: as root on top of the layers so far, without a network, with no path of
 * this machine, in a sandbox as hardened as every other. Nothing is left of it once it is disposed of, nor when this
 * process is killed.
 */
export interface BuildSandbox extends AsyncDisposable {
  /** @throws SandstackError NOT_FOUND or the like where a command cannot start; ABORTED; ENDED */
  run(argv: readonly string[], options: BuildCommandOptions): Promise<BuildCommandEnd>;
  /** What its commands have written: overlayfs's upper directory, which stands still until the sandbox goes. */
  upper(): Promise<string>;
}

export interface BuildSandboxOptions {
  /** It is gone after this whatever happens, in ms. */
  ttlMs: number;
  signal?: AbortSignal;
}

/**
 * Makes a build sandbox. What images are built with is handed in: this room knows no tiers.
 * @param layers roots of the layers that it begins from, the topmost first
 */
export type OpenBuildSandbox = (layers: readonly string[], options: BuildSandboxOptions) => Promise<BuildSandbox>;
