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

/** What it lacks to find packages of Python for images. */
export function missingForPython(): Missing[] {
  return missing({ pip3: "it looks up and fetches the packages of an image's `python`" }, { pip3: "python3-pip" });
}

/** What it lacks to find packages of npm for images. */
export function missingForNpm(): Missing[] {
  return missing({ npm: "it looks up and fetches the packages of an image's `npm`" });
}

/** Tools with what each is for, and with their Debian package where it has another name. */
function missing(tools: Readonly<Record<string, string>>, packages: Readonly<Record<string, string>> = {}): Missing[] {
  return Object.entries(tools)
    .filter(([tool]) => findTool(tool) === undefined)
    .map(([tool, why]) => ({ what: tool, why, how: `sudo apt-get install ${packages[tool] ?? tool}` }));
}
