import * as pulumi from "@pulumi/pulumi";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** The directory of Pulumi.yaml, to which a declaration's paths are relative; without one, where the program runs. */
export function rootDirectory(): string {
  return told() ?? findUpwards(process.cwd()) ?? process.cwd();
}

/** What the engine says; older SDKs have no word for it. */
function told(): string | undefined {
  const { getRootDirectory } = pulumi as { getRootDirectory?: () => string };
  return getRootDirectory?.() || undefined;
}

function findUpwards(directory: string): string | undefined {
  if (["Pulumi.yaml", "Pulumi.yml"].some((name) => existsSync(join(directory, name)))) return directory;
  const parent = dirname(directory);
  return parent === directory ? undefined : findUpwards(parent);
}

/** A path of a declaration, relative to Pulumi.yaml, as an absolute one. */
export function fromRoot(path: string): string {
  return resolve(rootDirectory(), path);
}
