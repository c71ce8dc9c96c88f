import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readAccountFile, shiftIds } from "../../../src/tiers/local/passwd";

describe("shiftIds", () => {
  it.each([
    ["passwd", "root:x:0:0:root:/root:/bin/sh\n", "root:x:1000:1000:root:/root:/bin/sh\n"],
    ["passwd", "a:x:1:2::/home/3:/bin/sh", "a:x:1001:1002::/home/3:/bin/sh"],
    ["group", "agent:x:5:6,7\n", "agent:x:1005:6,7\n"],
    ["passwd", "# a:x:1:2\n\n+::::::\n", "# a:x:1:2\n\n+::::::\n"],
    ["passwd", "", ""],
  ] as const)("%s %j", (kind, text, shifted) => expect(shiftIds(kind, text, 1000)).toBe(shifted));
});

describe("readAccountFile", () => {
  let folder: string;
  let layers: string[];
  const upper = (path: string) => join(layers[0] as string, path);
  const lower = (path: string) => join(layers[1] as string, path);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "sandstack-unit-"));
    layers = ["upper", "lower"].map((name) => join(folder, name));
    for (const layer of layers) mkdirSync(join(layer, "etc"), { recursive: true });
    writeFileSync(lower("etc/passwd"), "lower");
    writeFileSync(join(folder, "secret"), "of the host");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each<[string, () => void, string | undefined]>([
    ["the lower one, where the upper has none", () => {}, "lower"],
    ["the upper one before the lower", () => writeFileSync(upper("etc/passwd"), "upper"), "upper"],
    ["the lower one, where the upper has no /etc", () => rmSync(upper("etc"), { recursive: true }), "lower"],
    ["none, where the upper removed it", () => whiteout(upper("etc/passwd")), undefined],
    [
      "none, where the upper removed /etc",
      () => (rmSync(upper("etc"), { recursive: true }), whiteout(upper("etc"))),
      undefined,
    ],
    ["none through a link", () => symlinkSync(join(folder, "secret"), upper("etc/passwd")), undefined],
    [
      "none below a link",
      () => {
        rmSync(upper("etc"), { recursive: true });
        mkdirSync(join(folder, "elsewhere"));
        writeFileSync(join(folder, "elsewhere/passwd"), "of the host");
        symlinkSync(join(folder, "elsewhere"), upper("etc"));
      },
      undefined,
    ],
    ["none from a pipe", () => void execFileSync("mkfifo", [upper("etc/passwd")]), undefined],
    ["none, where no layer has it", () => rmSync(lower("etc/passwd")), undefined],
  ])("gives %s", (_, prepare, text) => {
    prepare();
    expect(readAccountFile(layers, "passwd")).toBe(text);
  });
});

/** How overlayfs marks what an upper layer has removed. */
function whiteout(path: string): void {
  execFileSync("mknod", [path, "c", "0", "0"]);
}
