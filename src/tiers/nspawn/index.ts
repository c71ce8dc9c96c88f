import { SandstackError } from "../../model/error";
import type { SandboxSpec } from "../../model/tier";
import { localTier } from "../local/local-tier";
import { findTool, installLine, requireTool } from "../system/tool";

const TOOL = "systemd-nspawn";
const PACKAGE = "systemd-container";

/** Namespaces of its own for everything; a root inside is powerless outside. */
export const nspawn = localTier({
  tier: "nspawn",
  requirements: [
    {
      code: "MISSING_TOOL",
      what: TOOL,
      why: "it makes the namespaces of this tier",
      how: installLine(PACKAGE),
      met: () => findTool(TOOL) !== undefined,
    },
  ],
  check: refuseHostNetwork,
  showsCgroups: true,
  nspawn: () => requireTool(TOOL, PACKAGE),
});

function refuseHostNetwork({ network }: SandboxSpec): void {
  if (network === "none") return;
  throw new SandstackError("UNSUPPORTED", `network: ${JSON.stringify(network)} is refused on tier nspawn.`, {
    hint: 'network takes "none" here. The tier that has "host" is chroot, and it is open then.',
  });
}
