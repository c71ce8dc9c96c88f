import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { SandstackError } from "../../model/error";
import { shaped } from "../../model/foreign-json";
import { readRegularFile } from "../../model/read-file";
import { backendFolder } from "../state/state-files";
import { MOST_YAML, parseYaml } from "./yaml";

/** What `Pulumi.yaml` says, as far as the engine uses it. */
export interface Project {
  name: string;
  /** The folder of `Pulumi.yaml`. */
  folder: string;
  /** The program: a file or a folder, relative to `folder`. */
  main: string;
  /** Where `Pulumi.<stack>.yaml` files are. */
  configFolder: string;
  /** The folder that holds `.pulumi`. */
  backend: string;
  /** Look at the world before each update. */
  refreshAlways: boolean;
  /** Config that a stack has unless it says otherwise. */
  config: Record<string, unknown>;
  /** Folders of provider plugins, by package. */
  plugins: Record<string, string>;
}

interface ProjectYaml {
  name?: unknown;
  runtime?: unknown;
  main?: unknown;
  stackConfigDir?: unknown;
  config?: unknown;
  backend?: { url?: string };
  options?: { refresh?: unknown };
  plugins?: { providers?: { name?: string; path?: string }[] };
}

/**
 * The project of a `Pulumi.yaml`.
 * @throws SandstackError NOT_FOUND, CORRUPT, UNSUPPORTED
 */
export function readProject(file: string, environment = process.env): Project {
  const path = resolve(file);
  let text: string;
  try {
    text = readRegularFile(path, MOST_YAML).toString("utf8");
  } catch (cause) {
    if (cause instanceof SandstackError) throw cause;
    throw new SandstackError("NOT_FOUND", `${path}: there is no project file.`, { cause });
  }
  return parseProject(text, path, environment);
}

export function parseProject(text: string, path: string, environment: NodeJS.ProcessEnv): Project {
  return shaped(path, () => projectOf(parseYaml(text, path), path, environment));
}

function projectOf(yaml: ProjectYaml, path: string, environment: NodeJS.ProcessEnv): Project {
  const folder = dirname(path);
  if (typeof yaml.name !== "string" || !/^[A-Za-z0-9_.-]{1,100}$/.test(yaml.name)) {
    throw new SandstackError("CORRUPT", `${path}: name: ${JSON.stringify(yaml.name)} is not valid.`, {
      hint: "name takes letters, digits, hyphens, underscores and dots, 100 at most.",
    });
  }
  refuseRuntime(yaml.runtime, path);
  const url = environment["PULUMI_BACKEND_URL"] ?? yaml.backend?.url ?? "file://~";
  const plugins = (yaml.plugins?.providers ?? []).flatMap(({ name, path: place }) =>
    name === undefined || place === undefined ? [] : [[name, resolve(folder, place)] as const],
  );
  return {
    name: yaml.name,
    folder,
    main: typeof yaml.main === "string" ? yaml.main : ".",
    configFolder: join(folder, typeof yaml.stackConfigDir === "string" ? yaml.stackConfigDir : ""),
    backend: backendFolder(url, folder, homedir()),
    refreshAlways: yaml.options?.refresh === "always" || yaml.options?.refresh === true,
    config: mapping(yaml.config, `${path}: config`),
    plugins: Object.fromEntries(plugins),
  };
}

function refuseRuntime(runtime: unknown, path: string): void {
  const name = typeof runtime === "object" && runtime !== null ? (runtime as { name?: unknown }).name : runtime;
  if (name === "nodejs") return;
  throw new SandstackError("UNSUPPORTED", `${path}: runtime: ${JSON.stringify(name)} is not covered.`, {
    hint: "This engine runs nodejs programs; the Pulumi CLI runs the others.",
  });
}

/** @throws SandstackError CORRUPT */
export function mapping(value: unknown, place: string): Record<string, unknown> {
  if (value === undefined || value === null) return {};
  if (typeof value === "object" && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new SandstackError("CORRUPT", `${place}: is not a mapping.`);
}
