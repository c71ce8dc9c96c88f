import type * as docker from "@pulumi/docker";
import { SandstackError } from "../../src/model/error";

/** Loaded by who declares a container: users of other tiers need not have it. @throws SandstackError MISSING_TOOL */
export function loadDocker(): typeof docker {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require("@pulumi/docker") as typeof docker;
  } catch (cause) {
    throw new SandstackError("MISSING_TOOL", "Tier docker needs the packages @pulumi/docker and dockerode.", {
      cause,
      hint: "npm install @pulumi/docker dockerode",
    });
  }
}
