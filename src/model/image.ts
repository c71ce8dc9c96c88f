import type { FileSource } from "./file-source";

/** Where an image's files begin. */
export type ImageSource =
  /**
   * A Debian or Ubuntu suite, made by mmdebstrap; `mirror` where the machine's own apt sources should not be used. The
   * image's own apt knows the mirror, and no archive where none is given.
   */
  | { debian: string; mirror?: string }
  /**
   * An OCI image: a reference into a registry such as `registry.example/library/alpine:3.20`, or the path (with
   * `./` or `/` before it) of a layout or archive.
   */
  | { oci: string }
  /** A directory, or a tar archive (plain, gzip, xz or zstd). */
  | { rootfs: string }
  /** The files of a sandbox as a snapshot of this machine has kept them, by its id. */
  | { snapshot: string };

/** Whether an OCI image is a layout or an archive of this machine, and not in a registry. */
export function isLocalOci(reference: string): boolean {
  return /^\.{0,2}\//.test(reference);
}

/** What `from` takes, for people. */
export const SOURCE_FORMS = "{ debian: suite }, { oci: reference }, { rootfs: path } or { snapshot: id }";

export interface ImageArgs {
  from: ImageSource;
  /** Debian packages on top of the suite's minimum; only with `from.debian`. */
  packages?: readonly string[];
  /**
   * Packages of Python's index, as wheels, for the image's own Python 3: `["numpy", "pandas==2.1.4"]`, or a requirements
   * file.
   */
  python?: readonly string[] | { requirements: string };
  /**
   * Packages of npm's registry for the image's own Node: `["cowsay@1.6.0"]`, or a package.json, with the package-lock.json
   * beside it. They are below /opt/node_modules, their commands in /usr/local/bin.
   */
  npm?: readonly string[] | { package: string };
  /** Absolute path inside → path of a file or directory on this machine, or where else it comes from and whose it is. */
  files?: Readonly<Record<string, string | FileSource>>;
  /**
   * Commands that run as root when all else is there, each in a sandbox without a network; what it writes is a layer.
   * A string runs under `/bin/sh -lc`, an array as it is; in `/`.
   */
  run?: readonly (string | readonly string[])[];
  /** Environment of every command in its sandboxes; what they are given themselves wins. A login shell sets PATH anew. */
  env?: Readonly<Record<string, string>>;
  /** Who commands run as where a sandbox does not say it: a name of its /etc/passwd, or a number. Default `agent`. */
  user?: string;
  /** Where commands start that do not say it: a directory of its. Default: their user's home. */
  cwd?: string;
  /** What each of `run` may take, such as `"90s"`, or ms. Default `"10m"`. */
  runTimeout?: string | number;
}

/** What commands in a sandbox get from its image, where nothing else is said. */
export interface ImageConfig {
  env?: Readonly<Record<string, string>>;
  /** As `/etc/passwd` of the image names it, or a number. */
  user?: string;
  /** Absolute. */
  cwd?: string;
}

/** An image in the store of this machine. */
export interface Image {
  /** `sha256:…` over its contents; the same files and config give the same digest. */
  digest: string;
  /** A short name for people, e.g. `debian:bookworm`. */
  reference: string;
  sizeBytes: number;
  /** Its root file system: read-only directories, top first. */
  layers: readonly string[];
  config: ImageConfig;
}

export interface BuildProgress {
  step: string;
  /** 0 to 1; undefined while the amount is not known. */
  fraction?: number;
  /** What is being done, for people. */
  detail?: string;
}
