import { spawn } from "node:child_process";
import { constants } from "node:os";

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

/** Runs a program on this process's own terminal and gives its exit code; it, not we, answers to Ctrl-C and its kin. */
export function runInFront(program, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: "inherit", ...options });
    const handOn = (signal) => child.kill(signal);
    // A terminal tells Ctrl-C to the child as well as to us.
    const listeners = { SIGINT: () => {}, SIGTERM: handOn, SIGHUP: handOn };
    for (const [signal, listener] of Object.entries(listeners)) process.on(signal, listener);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      for (const [name, listener] of Object.entries(listeners)) process.off(name, listener);
      resolve(code ?? 128 + constants.signals[signal]);
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
