import { appendFileSync, closeSync, openSync, readFileSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { BuildContext } from "../context";
import { blobPath } from "../store/blob";
import type { Control } from "./controls";
import { eachDeb } from "./deb-shares";
import { debFileName } from "./pins";

/** Bytes of a member's header, and where in it the size stands. */
const HEADER = 60;
const SIZE_AT = 48;

/**
 * Writes the packages as files whose parts are not compressed: installing decompresses the essential ones twice, and one
 * after the other.
 */
export async function layPlainDebs(controls: readonly Control[], folder: string, context: BuildContext): Promise<void> {
  const tasks = controls.map(({ deb, archive }) => {
    const to = join(folder, debFileName(deb));
    const control = readFileSync(archive);
    // How large the data is shows when it is there.
    const head = ["!<arch>\n", headerOf("debian-binary", 4), "2.0\n", headerOf("control.tar", control.length)].join("");
    appendFileSync(to, Buffer.concat([Buffer.from(head), control, Buffer.from(headerOf("data.tar", 0))]));
    return { deb: blobPath("debs", deb.sha256), to, size: deb.size, dataAt: head.length + control.length + HEADER };
  });
  await eachDeb("fsys", tasks, context);
  for (const { to, dataAt } of tasks) {
    const file = openSync(to, "r+");
    writeSync(file, sizeField(statSync(to).size - dataAt), dataAt - HEADER + SIZE_AT);
    closeSync(file);
  }
}

/** Of a member of an ar archive. A tar archive's size is even, so that no padding follows. */
function headerOf(name: string, size: number): string {
  return `${name.padEnd(16)}${"0".padEnd(12)}${"0".padEnd(6)}${"0".padEnd(6)}${"100644".padEnd(8)}${sizeField(size)}\`\n`;
}

function sizeField(size: number): string {
  return String(size).padEnd(10);
}
