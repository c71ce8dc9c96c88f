import { visibleJson } from "../../model/visible";
import type { Display } from "./display";

/** Every event in a line, as the engine tells it; what the program prints is a diagnostic. */
export function jsonDisplay(out: (text: string) => void): Display {
  const print = (event: object) => out(`${visibleJson(JSON.stringify(event))}\n`);
  return {
    event: print,
    printed: (message) => print({ event: "diagnostic", severity: "info", message }),
    end: () => {},
  };
}
