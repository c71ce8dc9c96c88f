import { HEX_DIGEST, type JsonPlace } from "../../model/json-place";

/** One wheel, by its content. */
export interface Wheel {
  name: string;
  version: string;
  /** Says for which Python and platform it is. */
  file: string;
  sha256: string;
}

export interface PythonPins extends Record<string, unknown> {
  /** With which the wheels are put in place; nothing of it stays. */
  pip: Wheel;
  /** Everything that is installed, by name. */
  wheels: readonly Wheel[];
}

/** @throws SandstackError CORRUPT naming the place */
export function parsePythonPins(pins: JsonPlace): PythonPins {
  const pip = parseWheel(pins.field("pip"));
  return { pip, wheels: pins.field("wheels").distinct(parseWheel, ({ file }) => file) };
}

function parseWheel(wheel: JsonPlace): Wheel {
  return {
    name: wheel.field("name").text(/^[A-Za-z0-9][\w.-]*$/, "a package's name"),
    version: wheel.field("version").text(/^\w[\w.+!-]*$/, "a package's version"),
    file: wheel.field("file").text(/^\w[\w.+!-]*\.whl$/, "the name of a wheel"),
    sha256: wheel.field("sha256").text(HEX_DIGEST, "64 hex digits"),
  };
}
