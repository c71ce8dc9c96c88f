// Runs many command lines in one process, one after the other, through what `sandstack` itself calls: most mistakes are told
// before anything is made, and node's start takes longer than all else. Arguments: the module, a file of [args, …] as JSON.
const { readFileSync, writeSync } = require("node:fs");
const process = require("node:process");

const [, , module_, file] = process.argv;
const { invoke } = require(module_);
const streams = [process.stdout, process.stderr];

async function main() {
  const ends = [];
  for (const args of JSON.parse(readFileSync(file, "utf8"))) {
    const said = ["", ""];
    streams.forEach((stream, at) => {
      stream.write = (text, encoding, done) => {
        said[at] += text;
        const call = typeof encoding === "function" ? encoding : done;
        if (call) process.nextTick(call);
        return true;
      };
    });
    process.exitCode = undefined;
    await invoke(args, new globalThis.AbortController().signal);
    streams.forEach((stream) => delete stream.write);
    ends.push({ code: process.exitCode ?? 0, stdout: said[0], stderr: said[1] });
  }
  process.exitCode = 0;
  writeSync(3, JSON.stringify(ends));
}

void main();
