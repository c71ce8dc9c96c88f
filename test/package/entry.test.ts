import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";

// The package by its own name, as a project that has it installed sees it. Not proven: the tarball (npm pack).

const ofNode = (...args: string[]) => execFileSync(process.execPath, args, { encoding: "utf8" }).trim();
const NAMES = ["SandboxHost", "SandboxImage", "SandboxInstance", "SandboxSnapshot"];

describe("the package", () => {
  it.each(NAMES)("gives %s by require and by import", (name) => {
    expect(ofNode("-p", `typeof require("sandstack").${name}`)).toBe("function");
    const program = `import { ${name} } from "sandstack"; console.log(typeof ${name})`;
    expect(ofNode("--input-type=module", "-e", program)).toBe("function");
  });

  it("gives the runtime without the Pulumi SDK", () => {
    const program = `const { Sandbox } = require("sandstack/runtime");
      const pulumi = Object.keys(require.cache).filter((path) => path.includes("@pulumi"));
      console.log(typeof Sandbox, pulumi.length)`;
    expect(ofNode("-e", program)).toBe("function 0");
  });
});
