import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { SandstackError } from "../../model/error";
import { manifestOf, type Entry } from "./entry";
import { hookTypeScript } from "./typescript";

/** A program's files that are loaded, so that its next run begins with nothing. */
let loadedBefore: string[] = [];
let runs = 0;
let running: string | undefined;

/** Where a program runs. */
export interface Place {
  /** Runs the program, and gives what it exports. */
  load(): Promise<unknown>;
  /** Whoever starts it sees when it has ended: it has when its promise has. */
  isFunction: boolean;
  leave(): void;
}

/**
 * Makes this process the place of a program's file: its folder is the working directory, and TypeScript loads.
 * @throws SandstackError UNSUPPORTED where another program's file runs in this process
 */
export function enterFile({ file, folder }: Entry): Place {
  if (running !== undefined) {
    throw new SandstackError("UNSUPPORTED", `${file}: ${running} runs in this process already.`, {
      hint: "One program file at a time; programs that are functions may run side by side.",
    });
  }
  const before = process.cwd();
  process.chdir(folder);
  running = file;
  const unhook = hookTypeScript(file);
  const leave = () => {
    process.chdir(before);
    unhook();
    running = undefined;
  };
  return {
    leave,
    isFunction: false,
    load: async () => {
      const exported = await load(file);
      return typeof exported === "function" ? (exported as () => unknown)() : exported;
    },
  };
}

async function load(file: string): Promise<unknown> {
  runs += 1;
  if (isEsm(file)) return esmExports((await import(`${pathToFileURL(file).href}?run=${runs}`)) as object);
  const require = createRequire(file);
  for (const path of loadedBefore) delete require.cache[path];
  const before = new Set(Object.keys(require.cache));
  try {
    return require(file) as unknown;
  } finally {
    const packages = `${sep}node_modules${sep}`;
    loadedBefore = Object.keys(require.cache).filter((path) => !before.has(path) && !path.includes(packages));
  }
}

/** An ES module: a default export stands for all. */
function esmExports(namespace: object): unknown {
  if (!("default" in namespace)) return namespace;
  if (Object.keys(namespace).length === 1) return namespace.default;
  throw new SandstackError("PROGRAM_FAILED", "The program has a default export and others.", {
    hint: "Export the outputs by name, or one default.",
  });
}

function isEsm(file: string): boolean {
  return extname(file) === ".mjs" || (extname(file) === ".js" && packageType(dirname(file)) === "module");
}

function packageType(folder: string): unknown {
  const manifest = join(folder, "package.json");
  if (existsSync(manifest)) return manifestOf(folder).type;
  const above = dirname(folder);
  return above === folder ? undefined : packageType(above);
}
