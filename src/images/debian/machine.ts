import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type AptSource, parseDeb822Sources, parseOneLineSources } from "./apt-sources";

const ROOT = "/etc/apt";

/** The fields of an os-release file. */
export function parseOsRelease(text: string): Record<string, string> {
  const fields = text.matchAll(/^([A-Z_]+)=(?:"([^"\n]*)"|(.*))$/gm);
  return Object.fromEntries([...fields].map(([, key, quoted, plain]) => [key as string, quoted ?? plain ?? ""]));
}

/** The suite that this machine runs, where it is Debian's or Ubuntu's. */
export function machineSuite(): string | undefined {
  const { ID, VERSION_CODENAME } = parseOsRelease(read("/etc/os-release") ?? "");
  return ID === "debian" || ID === "ubuntu" ? VERSION_CODENAME : undefined;
}

/** Every binary archive that apt on this machine uses, whoever's. */
export function machineSources(): AptSource[] {
  const folder = join(ROOT, "sources.list.d");
  const files = [join(ROOT, "sources.list"), ...list(folder).map((name) => join(folder, name))];
  return files.flatMap((file) => {
    const text = read(file) ?? "";
    const sources = file.endsWith(".sources") ? parseDeb822Sources(text) : parseOneLineSources(text);
    return sources.map((source) => ({ ...source, uri: throughMirrorList(source.uri) }));
  });
}

/** Cloud images of Debian name a file that lists mirrors; its first is as good as the file, and has a name to show. */
function throughMirrorList(uri: string): string {
  const file = /^mirror\+file:\/*(\/.*)$/.exec(uri)?.[1];
  const first =
    file &&
    read(file)
      ?.split(/\s+/)
      .find((word) => /^[a-z+]+:\//.test(word));
  return first ? first.replace(/\/+$/, "") : uri;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".list") || name.endsWith(".sources"))
      .sort();
  } catch {
    return [];
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
