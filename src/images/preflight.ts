import type { Missing } from "../model/tier";
import { findTool } from "./tool/require";

/** What this machine lacks to build Debian and Ubuntu suites; a rootfs of one's own needs none of it. */
export function missingForSuites(): Missing[] {
  return missing({ mmdebstrap: "it makes the default image, and every image from a Debian or Ubuntu suite" });
}

/** What it lacks to build on OCI images, and to carry images. */
export function missingForOci(): Missing[] {
  return missing({
    skopeo: "it fetches OCI images, and carries images to and from registries and archives",
    umoci: "it unpacks OCI images",
  });
}

/** Tools by the name that their Debian package has, too, with what each is for. */
function missing(tools: Readonly<Record<string, string>>): Missing[] {
  return Object.entries(tools)
    .filter(([tool]) => findTool(tool) === undefined)
    .map(([tool, why]) => ({ what: tool, why, how: `sudo apt-get install ${tool}` }));
}
