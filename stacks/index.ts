import * as pulumi from "@pulumi/pulumi";

/** The programs of this folder. */
const PROGRAMS = ["local", "docker"];

// One project, several programs: `sandboxes:program` says which one a stack runs, else its own name does.
const name = new pulumi.Config("sandboxes").get("program") ?? pulumi.getStack();
if (!PROGRAMS.includes(name)) {
  throw new Error(`sandboxes:program: there is no program ${JSON.stringify(name)}, only ${PROGRAMS.join(", ")}.`);
}

// Only the one that runs is loaded. Its exports are the stack's outputs.
// eslint-disable-next-line @typescript-eslint/no-require-imports
module.exports = require(`./${name}`) as unknown;
