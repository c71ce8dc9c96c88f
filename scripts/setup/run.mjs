import { spawn } from "node:child_process";

/**
 * Runs a program quietly: one line says what is being done; what it printed is shown only if it failed.
 * @param {string} doing for people, e.g. "installing packages"
 * @param {string} program
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions} [options]
 */
export async function runQuietly(doing, program, args, options) {
  const started = Date.now();
  process.stderr.write(`sandstack: ${doing} …`);
  const { code, output } = await collect(program, args, options);
  process.stderr.write(code === 0 ? ` ${((Date.now() - started) / 1000).toFixed(1)} s\n` : " failed\n");
  if (code === 0) return;
  process.stderr.write(output);
  throw new Error(`${doing}: \`${[program, ...args].join(" ")}\` ended with exit code ${code}.`);
}

/** Runs a program on this process's own terminal and gives its exit code; it, not we, answers to Ctrl-C. */
export function runInFront(program, args, options) {
  const leaveItToTheChild = () => {};
  process.on("SIGINT", leaveItToTheChild);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: "inherit", ...options });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      process.off("SIGINT", leaveItToTheChild);
      resolve(code ?? (signal === "SIGINT" ? 130 : 1));
    });
  });
}

function collect(program, args, options) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
    let output = "";
    child.stdout.on("data", (data) => (output += data));
    child.stderr.on("data", (data) => (output += data));
    child.on("error", (error) => resolve({ code: 127, output: `${error.message}\n` }));
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}
