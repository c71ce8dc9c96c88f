import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { invalidOption, SandstackError } from "../../model/error";
import { isLocalOci } from "../../model/image";

/** Where an OCI image is. */
export interface OciPlace {
  kind: "registry" | "layout" | "archive";
  /** As the user says it. */
  given: string;
  /** What skopeo calls it. */
  transport: string;
  /** Of a layout or archive, on this machine. */
  path?: string;
}

/** `host:port/path/name:tag@digest`, of which all but the name may be missing. A login has no place in it. */
const REFERENCE =
  /^(?:[a-z0-9.-]+(?::\d+)?\/|\[[0-9a-f:]+\](?::\d+)?\/)?[a-z0-9]+(?:(?:[._-]+|\/)[a-z0-9]+)*(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/i;
const FORMS =
  "a reference such as registry.example/library/alpine:3.20, or the path of an OCI layout or archive such as ./image.tar";

/**
 * What a text means: with `./`, `../` or `/` before it a layout directory or an archive of this machine, else a
 * reference into a registry, as Docker reads it.
 * @throws SandstackError INVALID_OPTION or NOT_FOUND naming the option
 */
export function parseOciPlace(option: string, given: string): OciPlace {
  if (typeof given !== "string" || given === "") throw invalidOption(option, given, FORMS);
  if (isLocalOci(given)) return localPlace(option, given);
  return registryPlace(option, given);
}

/** @throws SandstackError INVALID_OPTION naming the option */
export function registryPlace(option: string, given: string): OciPlace {
  // A password would get into arguments and logs; it is not for the message either.
  const login = /^[^/]*@(?!sha256:)/.test(given);
  if (login || !REFERENCE.test(given)) throw invalidOption(option, given.replace(/^[^/]*@(?!sha256:)/, "…@"), FORMS);
  return { kind: "registry", given, transport: `docker://${given}` };
}

function localPlace(option: string, given: string): OciPlace {
  const path = resolve(given);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) {
    throw new SandstackError("NOT_FOUND", `${option}: ${JSON.stringify(given)} does not exist (${path}).`, {
      hint: `${option} takes an OCI layout or archive of this machine.`,
    });
  }
  if (stats.isDirectory()) {
    if (statSync(join(path, "oci-layout"), { throwIfNoEntry: false })) {
      return { kind: "layout", given, path, transport: `oci:${path}` };
    }
    throw invalidOption(option, given, "a directory that is an OCI layout, with a file oci-layout in it");
  }
  return { kind: "archive", given, path, transport: `${archiveKind(option, given, path)}:${path}` };
}

/** What OCI calls an archive, and what `docker save` writes. */
function archiveKind(option: string, given: string, path: string): "oci-archive" | "docker-archive" {
  const { status, stdout } = spawnSync("tar", ["--list", `--file=${path}`], { maxBuffer: 1 << 26, encoding: "utf8" });
  const names = stdout.split("\n").map((name) => name.replace(/^\.\//, ""));
  if (status === 0 && names.includes("oci-layout")) return "oci-archive";
  if (status === 0 && names.includes("manifest.json")) return "docker-archive";
  throw invalidOption(option, given, "a tar archive of an OCI layout, or one that `docker save` has written");
}
