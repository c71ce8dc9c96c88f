import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type ts from "typescript";
import { SandstackError } from "../../model/error";
import { writeAtomically } from "../state/state-files";

interface CompilingModule {
  _compile(code: string, file: string): void;
}
type Loader = (module: CompilingModule, file: string) => void;

/** As the Pulumi CLI compiles programs, so that both run the same: class fields are assignments. */
const OPTIONS: ts.CompilerOptions = {
  target: 7 satisfies ts.ScriptTarget.ES2020,
  module: 1 satisfies ts.ModuleKind.CommonJS,
  esModuleInterop: true,
  experimentalDecorators: true,
  useDefineForClassFields: false,
  inlineSourceMap: true,
  inlineSources: true,
};

/**
 * Teaches `require` to load TypeScript, without a look at types. What was compiled once is kept by its content.
 * @returns puts back what was there
 */
export function hookTypeScript(program: string): () => void {
  const { _extensions: extensions } = Module as unknown as { _extensions: Record<string, Loader | undefined> };
  const endings = [".ts", ".mts", ".cts"];
  const before = endings.map((ending) => extensions[ending]);
  for (const ending of endings) {
    extensions[ending] = (module, file) => module._compile(compileFile(file, program), file);
  }
  process.setSourceMapsEnabled(true);
  return () => endings.forEach((ending, index) => restore(extensions, ending, before[index]));
}

function restore(extensions: Record<string, Loader | undefined>, ending: string, loader: Loader | undefined): void {
  if (loader === undefined) delete extensions[ending];
  else extensions[ending] = loader;
}

function compileFile(file: string, program: string): string {
  const source = readFileSync(file, "utf8");
  const { path, version } = findCompiler(program);
  const key = createHash("sha256")
    .update(JSON.stringify([source, file, version, OPTIONS]))
    .digest("hex");
  const cached = join(cacheFolder(), `${key}.js`);
  if (existsSync(cached)) return readFileSync(cached, "utf8");
  const code = compile(source, file, createRequire(__filename)(path) as typeof ts);
  try {
    mkdirSync(cacheFolder(), { recursive: true, mode: 0o700 });
    writeAtomically(cached, code);
  } catch {
    // no room or no right to keep it: compiled again next time
  }
  return code;
}

/**
 * JavaScript of a TypeScript file, source map included.
 * @throws SandstackError PROGRAM_FAILED naming the line of what is no TypeScript
 */
export function compile(source: string, file: string, compiler: typeof ts): string {
  const { outputText, diagnostics = [] } = compiler.transpileModule(source, {
    fileName: file,
    compilerOptions: OPTIONS,
    reportDiagnostics: true,
  });
  const [first] = diagnostics.filter(({ category }) => category === compiler.DiagnosticCategory.Error);
  if (first === undefined) return outputText;
  const { line, character } = compiler.getLineAndCharacterOfPosition(
    compiler.createSourceFile(file, source, compiler.ScriptTarget.ES2020),
    first.start ?? 0,
  );
  const text = compiler.flattenDiagnosticMessageText(first.messageText, " ");
  const shown = source.split("\n")[line]?.trim() ?? "";
  throw new SandstackError("PROGRAM_FAILED", `${file}:${line + 1}:${character + 1}: ${text}`, { hint: shown });
}

/** The program's own compiler; without one, ours where we have it. Its version is known without loading it. */
function findCompiler(program: string): { path: string; version: string } {
  for (const from of [program, __filename]) {
    try {
      const manifest = createRequire(from).resolve("typescript/package.json");
      const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
      return { path: dirname(manifest), version };
    } catch {
      // not there
    }
  }
  throw new SandstackError("MISSING_TOOL", `${program}: typescript is not installed.`, {
    hint: "npm install --save-dev typescript@5",
  });
}

function cacheFolder(): string {
  return join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "sandstack", "programs");
}
