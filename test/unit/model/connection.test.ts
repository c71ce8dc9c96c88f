import { describe, expect, it } from "vitest";
import { formatConnection, looksLikeConnection, parseConnection } from "../../../src/model/connection";
import type { Connection } from "../../../src/model/tier";

const connection: Connection = {
  version: 1,
  tier: "nspawn",
  id: "sbx-0123456789ab",
  owner: "run:1",
  address: { kind: "unix", path: "/run/sandstack/sbx-0123456789ab.sock" },
};
const but = (change: object) => JSON.stringify({ ...connection, ...change });

describe("parseConnection", () => {
  it("gives back what was formatted", () => expect(parseConnection(formatConnection(connection))).toEqual(connection));

  it.each([
    ["not JSON", "sbx-0123456789ab", "INVALID_OPTION", /not JSON/],
    ["no object", "7", "INVALID_OPTION", /connection/],
    ["null", "null", "INVALID_OPTION", /not an object/],
    ["another version", but({ version: 2 }), "VERSION", /version 2/],
    ["no version", but({ version: undefined }), "INVALID_OPTION", /it has no version/],
    ["another tier", but({ tier: "moon" }), "INVALID_OPTION", /"moon" is none of chroot, nspawn/],
    ["no id", but({ id: undefined }), "INVALID_OPTION", /id or owner/],
    ["an owner that is no text", but({ owner: 7 }), "INVALID_OPTION", /id or owner/],
    ["no address", but({ address: undefined }), "INVALID_OPTION", /address/],
    ["another address", but({ address: { kind: "tcp", path: "/" } }), "INVALID_OPTION", /address/],
    ["an address without path", but({ address: { kind: "unix" } }), "INVALID_OPTION", /address/],
  ])("refuses %s", (_, text, code, message) => {
    expect(() => parseConnection(text)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) as string }),
    );
  });
});

it.each([
  ['{"version":1}', true],
  ["  {", true],
  ["sbx-0123456789ab", false],
  ["agent", false],
  ["", false],
])("looksLikeConnection(%j) is %j", (text, is) => expect(looksLikeConnection(text)).toBe(is));
