import * as pulumi from "@pulumi/pulumi";
import { invalidOption } from "../src/model/error";
import { refuseUnknown } from "../src/model/refuse-unknown";
import { type ImageSource, isLocalOci, SOURCE_FORMS } from "../src/model/image";
import { inDeclaration, requireComponent, requireOption, typeOf } from "./declaration";
import { imageFiles } from "./image-files";
import { findImageLock } from "./image-lock";
import { LocalImage } from "./local/local-image";
import { fromRoot } from "./root-directory";
import type { SandboxHost } from "./sandbox-host";

/** Where an image's files begin: one of these. */
export type ImageFromArgs =
  | {
      /** A suite of Debian or Ubuntu, such as `"bookworm"`. A change replaces. */
      debian: pulumi.Input<string>;
      /**
       * The archive to take it from, which the image's own apt then knows. Default: the machine's own apt sources, of
       * which the image knows nothing. A change replaces.
       */
      mirror?: pulumi.Input<string>;
    }
  | {
      /**
       * A root file system: a directory or a tar archive, relative to Pulumi.yaml. A change of the path or of what is
       * there replaces.
       */
      rootfs: pulumi.Input<string>;
    }
  | {
      /**
       * An OCI image: a reference into a registry such as `"registry.example/library/alpine:3.20"`, or the path (with `./`
       * or `/` before it, relative to Pulumi.yaml) of a layout or archive. What the registry has under a tag is looked up
       * once, and then stays. Logins come from the user's own auth file. A change replaces.
       */
      oci: pulumi.Input<string>;
    }
  | {
      /** The files of a sandbox as a snapshot has kept them, by its id. A change replaces. */
      snapshot: pulumi.Input<string>;
    };

/** A file or directory of this machine, or a text, and how it is to be in the image. */
export type ImageFileArgs = (
  | {
      /** Of a file or directory, relative to Pulumi.yaml. What a directory's own `.sandstackignore` names stays out. */
      path: pulumi.Input<string>;
      /** Of a directory, what of it is taken: patterns as in a .gitignore, such as `["*.py"]`. Default: all. */
      include?: pulumi.Input<pulumi.Input<string>[]>;
    }
  | {
      /** What is to be in the file. */
      text: pulumi.Input<string>;
    }
) & {
  /**
   * Permission bits as octal digits, such as `"0640"`; directories may also be entered by whoever may read them. Default:
   * those that each has on this machine, `"0644"` for a text.
   */
  mode?: pulumi.Input<string>;
  /**
   * `"user"` or `"user:group"`, each a name of the image below or a number. Without a group the user's own; of a number,
   * the same number. Default `"root"`.
   */
  owner?: pulumi.Input<string>;
};

export interface SandboxImageArgs {
  /** Where it is built. Required. */
  host: SandboxHost;
  /** Where its files begin. Required. A change replaces. */
  from: ImageFromArgs;
  /** Debian packages on top of the suite's minimum; only with `from.debian`. Default: none. A change replaces. */
  packages?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Packages of Python's index, as wheels, for the image's own Python 3 (`packages: ["python3"]`): `["numpy",
   * "pandas==2.1.4"]`, or a requirements file, relative to Pulumi.yaml. Where they come from is pip's own configuration.
   * Default: none. A change replaces.
   */
  python?: pulumi.Input<pulumi.Input<string>[] | { requirements: pulumi.Input<string> }>;
  /**
   * Packages of npm's registry for the image's own Node (`packages: ["nodejs"]`): `["cowsay@1.6.0"]`, or a package.json,
   * relative to Pulumi.yaml, with the package-lock.json beside it. They are below /opt/node_modules, where programs below
   * /opt find them, and their commands in /usr/local/bin. Where they come from is npm's own configuration. Default: none.
   * A change replaces.
   */
  npm?: pulumi.Input<pulumi.Input<string>[] | { package: pulumi.Input<string> }>;
  /**
   * Absolute path inside → the path of a file or directory, relative to Pulumi.yaml, or a Pulumi asset or archive, or one
   * with more to say of it. Default: none. A change of a file's content, mode or owner replaces. Everybody in the sandbox
   * can read them: secrets are refused.
   */
  files?: pulumi.Input<
    Record<string, pulumi.Input<string | pulumi.asset.Asset | pulumi.asset.Archive | ImageFileArgs>>
  >;
  /**
   * Commands that run as root, in `/`, when all else is there, each in a sandbox without a network; what one writes is a
   * layer, so a change makes only it and those after it again. A string runs under `/bin/sh -lc`, an array as it is.
   * Default: none. A change replaces.
   */
  run?: pulumi.Input<pulumi.Input<string | pulumi.Input<string>[]>[]>;
  /** What each of `run` may take, such as `"90s"`, or ms. Default `"10m"`. A change does nothing to what is built. */
  runTimeout?: pulumi.Input<string | number>;
  /**
   * Environment of every command in its sandboxes, at most 16 KiB; what they are given themselves wins, and a login shell
   * sets PATH anew. Secrets are refused. Default: none but what `from` has. A change replaces.
   */
  env?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Who commands run as where an instance does not say it: a name of the image's /etc/passwd, or a number. Default: what
   * `from` has, else `agent`. A change replaces.
   */
  user?: pulumi.Input<string>;
  /** Where commands start that do not say it: a directory of the image's. Default: their user's home. A change replaces. */
  cwd?: pulumi.Input<string>;
}

const OPTIONS = ["host", "from", "packages", "python", "npm", "files", "run", "runTimeout", "env", "user", "cwd"];

/**
 * What sandboxes are made from. The store of the machine keeps it by its contents, also after `destroy`: the same
 * declaration is built once. Where sandstack.lock beside Pulumi.yaml has an image of this name, it is made from what is
 * pinned there.
 *
 * @example
 * const image = new SandboxImage("python", {
 *   host,
 *   from: { debian: "bookworm" },
 *   packages: ["python3-minimal"],
 *   files: { "/opt/agent": "./agent" },
 * });
 */
export class SandboxImage extends pulumi.ComponentResource {
  /** `sha256:…` over its contents; the same files give the same digest. */
  readonly digest: pulumi.Output<string>;
  /** A short name for people, e.g. `debian:bookworm`. */
  readonly reference: pulumi.Output<string>;
  /** Bytes of all its files. */
  readonly sizeBytes: pulumi.Output<number>;

  /** @throws SandstackError INVALID_OPTION naming the declaration, the option and the value received */
  constructor(name: string, args: SandboxImageArgs, opts?: pulumi.ComponentResourceOptions) {
    inDeclaration("SandboxImage", name, () => checkImageArgs(args));
    super(typeOf("SandboxImage"), name, {}, opts);
    const { from, packages, python, npm, files, run, runTimeout, env, user, cwd } = args;
    const image = new LocalImage(
      name,
      {
        from: pulumi.output(from).apply((source) => absoluteSource(source)),
        packages,
        python: python && pulumi.output(python).apply((given) => absoluteFile("requirements", given)),
        npm: npm && pulumi.output(npm).apply((given) => absoluteFile("package", given)),
        files:
          files &&
          pulumi.output(files).apply((given) => inDeclaration("SandboxImage", name, () => imageFiles(given, fromRoot))),
        ...{ run, runTimeout, env, user, cwd },
        lock: inDeclaration("SandboxImage", name, () => findImageLock(name)),
      },
      { parent: this },
    );
    this.digest = image.digest;
    this.reference = image.reference;
    this.sizeBytes = image.sizeBytes;
    this.registerOutputs({ digest: this.digest, reference: this.reference, sizeBytes: this.sizeBytes });
  }
}

function absoluteSource(source: ImageSource): ImageSource {
  if ("rootfs" in source && typeof source.rootfs === "string") return { rootfs: fromRoot(source.rootfs) };
  const isLocal = "oci" in source && typeof source.oci === "string" && isLocalOci(source.oci);
  return isLocal ? { oci: fromRoot(source.oci) } : source;
}

/** A file that has a list of packages, by its absolute path. All else stays as it is: the provider says what is wrong. */
function absoluteFile<K extends string>(key: K, given: readonly string[] | Record<K, string>) {
  const path = (given as Record<K, unknown> | null)?.[key];
  return typeof path === "string" ? { ...(given as Record<K, string>), [key]: fromRoot(path) } : given;
}

/** Each beginning, with what it takes. */
const SOURCES: Record<string, readonly string[]> = {
  debian: ["debian", "mirror"],
  oci: ["oci"],
  rootfs: ["rootfs"],
  snapshot: ["snapshot"],
};

/** @throws SandstackError INVALID_OPTION for what can be seen before any value is awaited */
function checkImageArgs(args: SandboxImageArgs | undefined): void {
  requireComponent("host", args?.host, "SandboxHost");
  refuseUnknown("", args as SandboxImageArgs, OPTIONS);
  const from: unknown = args?.from;
  requireOption("from", from, SOURCE_FORMS);
  const given = typeof from === "object" ? Object.keys(SOURCES).filter((source) => source in from!) : [];
  const [source, ...more] = given;
  if (source === undefined || more.length > 0) throw invalidOption("from", JSON.stringify(from), SOURCE_FORMS);
  refuseUnknown("from.", from as object, SOURCES[source] as string[]);
}
