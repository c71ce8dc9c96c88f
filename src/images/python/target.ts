import { SandstackError } from "../../model/error";
import type { BuildOptions } from "../context";
import { JsonPlace } from "../../model/json-place";
import { type Layer, layerTree } from "../store/layer";
import { findPins, pinsKey, rememberPins } from "../store/pins";

/** For what Python wheels are to be: what pip would find out if it ran there. */
export interface PythonTarget extends Record<string, unknown> {
  /** `3.11` */
  python: string;
  /** `3.11.2` */
  version: string;
  /** `x86_64` */
  machine: string;
  /** `glibc 2.36` or `musl 1.2` */
  libc: string;
}

/** Prints one line. What pip itself needs is imported, so that a Python without it is known before. */
const PROBE = `
import sys
try:
    import email, html, http.client, json, os, platform, ssl, sysconfig, urllib.request, xmlrpc.client, zipfile
except ImportError as error:
    print("incomplete", error.name)
    sys.exit(0)
if sys.implementation.name != "cpython":
    print("other", sys.implementation.name)
    sys.exit(0)
libc = platform.libc_ver()
musl = "musl" in (sysconfig.get_config_var("HOST_GNU_TYPE") or "")
print(json.dumps({
    "python": "%d.%d" % sys.version_info[:2],
    "version": "%d.%d.%d" % sys.version_info[:3],
    "machine": platform.machine(),
    "libc": "musl 1.2" if musl else "glibc %s" % libc[1],
}))
`;
const PROBE_MS = 60_000;

/**
 * What the Python of an image is, which only it can say; asked once for the same layers.
 * @throws SandstackError INVALID_OPTION where it has none that pip could run with
 */
export async function pythonTarget(layers: readonly Layer[], options: BuildOptions): Promise<PythonTarget> {
  const key = pinsKey("python", { target: layers.map(({ digest }) => digest) });
  const known = findPins(key) as PythonTarget | undefined;
  if (known) return known;
  const target = parseTarget(await probe(layers, options));
  rememberPins(key, target);
  return target;
}

async function probe(layers: readonly Layer[], { sandbox: open, signal, onProgress }: BuildOptions): Promise<string> {
  if (!open) throw new SandstackError("INTERNAL", "This image needs a build sandbox, and none was handed in.");
  onProgress?.({ step: "python", detail: "looking at the image's Python" });
  await using sandbox = await open(
    layers.map(({ digest }) => layerTree(digest)),
    { ttlMs: 2 * PROBE_MS, signal },
  );
  const lines: string[] = [];
  try {
    await sandbox.run(["python3", "-c", PROBE], { timeoutMs: PROBE_MS, onLine: (line) => lines.push(line) });
  } catch (error) {
    if (error instanceof SandstackError && error.code === "NOT_FOUND") return "none";
    throw error;
  }
  return lines.at(-1) ?? "";
}

/** @throws SandstackError INVALID_OPTION naming what is missing */
export function parseTarget(said: string): PythonTarget {
  const wrong = (what: string, hint: string) => new SandstackError("INVALID_OPTION", `python: ${what}.`, { hint });
  if (said === "none") throw wrong("the image has no python3", 'Add "python3" to packages.');
  const [, how, name] = /^(incomplete|other) (\S+)$/.exec(said) ?? [];
  if (how === "incomplete") {
    throw wrong(
      `the image's Python lacks the module ${name} of its library`,
      'Add "python3" to packages: python3-minimal has too little.',
    );
  }
  if (how === "other") throw wrong(`the image's Python is ${name}`, "Wheels are looked up for CPython.");
  try {
    return readTarget(new JsonPlace(JSON.parse(said), "target"));
  } catch {
    throw wrong(
      `the image's Python answered ${JSON.stringify(said)}`,
      "It should start, and print what it is asked to.",
    );
  }
}

/** An image may answer what it likes: these go to pip as options. */
function readTarget(place: JsonPlace): PythonTarget {
  return {
    python: place.field("python").text(/^3\.\d{1,2}$/, "a version such as 3.11"),
    version: place.field("version").text(/^3\.\d{1,2}\.\d{1,2}$/, "a version such as 3.11.2"),
    machine: place.field("machine").text(/^[a-z0-9_]{1,16}$/, "a machine such as x86_64"),
    libc: place.field("libc").text(/^(glibc 2|musl 1)\.\d{1,2}$/, "a C library such as glibc 2.36"),
  };
}

const OLDEST_GLIBC: Record<string, number> = { x86_64: 5, aarch64: 17 };
const ALIASES: Record<number, string> = { 5: "manylinux1", 12: "manylinux2010", 17: "manylinux2014" };

/** The platforms that wheels for it may name, the best first. */
export function platformTags({ machine, libc }: Pick<PythonTarget, "machine" | "libc">): string[] {
  const [kind, version = ""] = libc.split(" ");
  const newest = Number(version.split(".")[1]);
  if (kind === "musl") return [`musllinux_1_2_${machine}`, `musllinux_1_1_${machine}`, `linux_${machine}`];
  const tags: string[] = [];
  for (let minor = newest; minor >= (OLDEST_GLIBC[machine] ?? 17); minor--) {
    tags.push(`manylinux_2_${minor}_${machine}`);
    if (ALIASES[minor]) tags.push(`${ALIASES[minor]}_${machine}`);
  }
  return [...tags, `linux_${machine}`];
}

/** What a marker such as `python_version < "3.12"` means there. */
export function markerEnvironment({ python, version, machine }: PythonTarget): Record<string, string> {
  return {
    implementation_name: "cpython",
    implementation_version: version,
    os_name: "posix",
    platform_machine: machine,
    platform_python_implementation: "CPython",
    platform_system: "Linux",
    python_full_version: version,
    python_version: python,
    sys_platform: "linux",
  };
}
