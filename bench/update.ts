import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import ts from "typescript";
import { interleave, timed, type Contender } from "./measure";
import { compare, type Row } from "./row";

const ROUNDS = 15;
/** Of an update that changes nothing, against what a program alone costs. */
const GOAL = 1.5;
const PLAIN = "node: the SDK and the compiled program, on mocks";
const COLD = "up of the local stack, image present";
const SAME = "up that changes nothing";

const CLI = resolve("dist/src/cli/main.js");
const run = promisify(execFile);

/** Updates of stacks/local.ts by the command, each a process of its own, against Node with the same SDK and program. */
export async function benchUpdate(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "sandstack-bench-"));
  const home = join(folder, "home");
  const env = { ...process.env, PULUMI_CONFIG_PASSPHRASE: "bench", PULUMI_HOME: home, XDG_CACHE_HOME: home };
  const node = (...args: string[]) => run(process.execPath, args, { cwd: folder, env });
  const sandstack = (stack: string, ...args: string[]) => node(CLI, ...args, "--stack", stack);
  writeProject(folder);
  try {
    // Each makes sandboxes of its own; the one of the second lives as long as the bench.
    await sandstack("same", "config", "set", "ttl", "2h");
    await sandstack("same", "up");
    const contenders: Contender[] = [
      { name: PLAIN, sample: () => timed(() => node("plain.js")) },
      { name: SAME, sample: () => timed(() => sandstack("same", "up")) },
      {
        name: COLD,
        async sample() {
          const took = await timed(() => sandstack("cold", "up"));
          await sandstack("cold", "destroy", "--yes");
          return took;
        },
      },
    ];
    const timings = await interleave(contenders, ROUNDS);
    return compare(timings, { [SAME]: { peer: PLAIN, goal: GOAL }, [COLD]: { peer: PLAIN } });
  } finally {
    for (const stack of ["same", "cold"]) await sandstack(stack, "destroy", "--yes").catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs the compiled program to its end in a process without any engine. */
const ON_MOCKS = `
const pulumi = require("@pulumi/pulumi");
const newResource = ({ name, inputs }) => ({ id: name, state: inputs });
pulumi.runtime.setMocks({ newResource, call: ({ inputs }) => inputs }, "sandboxes", "plain");
require("./local.js");
`;

/** A project with the program, as a user's own has it: with package and SDK in its node_modules. */
function writeProject(folder: string): void {
  const yaml =
    'name: sandboxes\nruntime: nodejs\nmain: local.ts\nbackend: { url: "file://." }\noptions: { refresh: always }\n';
  writeFileSync(join(folder, "Pulumi.yaml"), yaml);
  copyFileSync("stacks/local.ts", join(folder, "local.ts"));
  symlinkSync(resolve("stacks"), join(folder, "stacks"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(resolve("."), join(folder, "node_modules/sandstack"));
  symlinkSync(resolve("node_modules/@pulumi"), join(folder, "node_modules/@pulumi"));
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
  const { outputText } = ts.transpileModule(readFileSync("stacks/local.ts", "utf8"), { compilerOptions });
  writeFileSync(join(folder, "local.js"), outputText);
  writeFileSync(join(folder, "plain.js"), ON_MOCKS);
}
