import { describe, expect, it } from "vitest";
import { openCoreHandler } from "../../../src/tiers/local/core-limit";

const limits = (hard: string) =>
  `Limit  Soft Limit  Hard Limit  Units\nMax core file size        0                    ${hard}       bytes\n`;
const WITH = "CapEff:\t000001ffffffffff\n";
const WITHOUT = "CapEff:\t000001fffeffffff\n";
const PIPE = "|/usr/lib/systemd/systemd-coredump %P\n";

describe("whether crashes reach the machine's core handler", () => {
  it.each([
    ["a file", "0", WITHOUT, "core\n", undefined],
    ["a pipe, one byte can be set", "unlimited", WITHOUT, PIPE, undefined],
    ["a pipe, the limit may be raised", "0", WITH, PIPE, undefined],
    ["a pipe, the limit stays 0", "0", WITHOUT, PIPE, /hard limit on core files is 0/],
    ["a socket", "unlimited", WITH, "@/run/coredump.socket\n", /socket @\/run\/coredump.socket, for/],
  ])("%s", (_, hard, status, pattern, why) => {
    const open = openCoreHandler({ limits: limits(hard), status, pattern });
    expect(open?.why).toEqual(why === undefined ? undefined : expect.stringMatching(why));
  });
});
