import type { Missing } from "../model/tier";
import { findTool } from "./tool/require";

/** What this machine lacks to build Debian and Ubuntu suites; a rootfs of one's own needs none of it. */
export function missingForSuites(): Missing[] {
  if (findTool("mmdebstrap") !== undefined) return [];
  return [
    {
      what: "mmdebstrap",
      why: "it makes the default image, and every image from a Debian or Ubuntu suite",
      how: "sudo apt-get install mmdebstrap",
    },
  ];
}
