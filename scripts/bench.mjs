import { runInFront } from "./setup/run.mjs";
import { setUp } from "./setup.mjs";

const ready = await setUp("test");
process.exitCode = ready ? await runInFront(process.execPath, ["dist/bench/main.js"]) : 1;
