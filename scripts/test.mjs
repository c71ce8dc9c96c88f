import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countTests } from "./test/count.mjs";
import { runInFront } from "./setup/run.mjs";
import { isDebianLike } from "./setup/system-packages.mjs";
import { setUp } from "./setup.mjs";

const CHECKS = {
  lint: ["node_modules/eslint/bin/eslint.js", "."],
  format: ["node_modules/prettier/bin/prettier.cjs", "--check", "--log-level", "warn", "."],
  "types of tests and bench": ["node_modules/typescript/bin/tsc", "-p", "test/tsconfig.json"],
  "types of the stacks": ["node_modules/typescript/bin/tsc", "-p", "stacks/tsconfig.json"],
};

const failures = [];
let passed = 0;
if (await setUp("test")) {
  await check();
  await test(process.argv.slice(2));
} else {
  failures.push("failed: set-up");
}
for (const failure of failures) console.log(failure);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;

/** All at once: they only read, and each has a processor of its own for the most part. */
async function check() {
  const codes = Object.values(CHECKS).map((args) => runInFront(process.execPath, args));
  for (const [index, name] of Object.keys(CHECKS).entries()) {
    if ((await codes[index]) === 0) passed += 1;
    else failures.push(`failed: ${name}`);
  }
}

async function test(only) {
  const { exitCode, report } = await runVitest(only);
  const tests = countTests(report, { skipsFail: process.getuid() === 0 && isDebian() });
  passed += tests.passed;
  failures.push(...tests.names);
  // An error outside every test, such as an unhandled rejection, shows in the exit code alone.
  if (exitCode !== 0 && tests.failed === 0) failures.push("failed: vitest, outside its tests (see above)");
}

async function runVitest(only) {
  const folder = mkdtempSync(join(tmpdir(), "sandstack-test-"));
  const file = join(folder, "report.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
    const exitCode = await runInFront(process.execPath, [
      "node_modules/vitest/vitest.mjs",
      "run",
      ...reporters,
      ...only,
    ]);
    return { exitCode, report: readReport(file) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function isDebian() {
  try {
    return isDebianLike(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return false;
  }
}
