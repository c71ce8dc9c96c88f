import { runInFront } from "./setup/run.mjs";
import { setUp } from "./setup.mjs";

const ready = await setUp("start");
process.exitCode = ready ? await runInFront(process.execPath, ["dist/examples/story/story.js"]) : 1;
