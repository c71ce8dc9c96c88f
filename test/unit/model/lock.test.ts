import { describe, expect, it } from "vitest";
import { formatLock, type Lock, parseLock } from "../../../src/model/lock";

const HASH = "a".repeat(64);
const lock: Lock = {
  web: {
    digest: `sha256:${HASH}`,
    config: { user: "web" },
    layers: [{ step: "source", declared: { rootfs: "./r" }, digest: HASH }],
  },
  agent: {
    digest: `sha256:${HASH}`,
    layers: [
      {
        step: "source",
        declared: { debian: "bookworm", packages: ["git", "jq"] },
        tools: { mmdebstrap: "1.3.5" },
        pins: {
          archives: [{ suite: "bookworm", components: ["main"] }],
          packages: [
            { name: "git", size: 1 },
            { name: "jq", size: 2 },
          ],
        },
        digest: HASH,
      },
    ],
  },
};

describe("a lock file", () => {
  it("says what it was written from", () => {
    expect(parseLock(formatLock(lock))).toEqual(lock);
    expect(JSON.parse(formatLock(lock))).toEqual({ version: 1, images: lock });
  });

  it("has images by name, and a line for each package, so that a change reads as one", () => {
    expect(formatLock(lock)).toBe(`{
  "version": 1,
  "images": {
    "agent": {
      "digest": "sha256:${HASH}",
      "layers": [
        {
          "step": "source",
          "declared": {
            "debian": "bookworm",
            "packages": [
              "git",
              "jq"
            ]
          },
          "tools": {
            "mmdebstrap": "1.3.5"
          },
          "pins": {
            "archives": [
              {
                "suite": "bookworm",
                "components": [
                  "main"
                ]
              }
            ],
            "packages": [
              { "name": "git", "size": 1 },
              { "name": "jq", "size": 2 }
            ]
          },
          "digest": "${HASH}"
        }
      ]
    },
    "web": {
      "digest": "sha256:${HASH}",
      "config": {
        "user": "web"
      },
      "layers": [
        {
          "step": "source",
          "declared": {
            "rootfs": "./r"
          },
          "digest": "${HASH}"
        }
      ]
    }
  }
}
`);
    expect(formatLock({ web: lock["web"]!, agent: lock["agent"]! })).toBe(formatLock(lock));
  });

  it("of nothing is one, too", () => {
    expect(parseLock(formatLock({}))).toEqual({});
  });

  const edited = (from: string | RegExp, to: string) => formatLock(lock).replace(from, to);
  it.each<[string, string, string, RegExp]>([
    ["is empty", "", "CORRUPT", /^sandstack\.lock is no JSON: /],
    ["is cut short", formatLock(lock).slice(0, 200), "CORRUPT", /^sandstack\.lock is no JSON: /],
    [
      "was merged badly",
      edited('"git",', '\n<<<<<<< HEAD\n"git",'),
      "CORRUPT",
      /^sandstack\.lock has marks of a merge in it\.$/,
    ],
    ["is a list", "[]", "CORRUPT", /^sandstack\.lock: is \[\]; it should be an object\.$/],
    ["is of a later sandstack", edited('"version": 1', '"version": 2'), "VERSION", /^sandstack\.lock has version 2/],
    ["has no version", edited('"version": 1,', ""), "CORRUPT", /^sandstack\.lock: version is missing/],
    [
      "has an image that is none",
      '{"version":1,"images":{"a b":3}}',
      "CORRUPT",
      /^sandstack\.lock: images\["a b"\] is 3; it should be an object\.$/,
    ],
    [
      "has a short digest",
      edited(`sha256:${HASH}`, "sha256:aa"),
      "CORRUPT",
      /images\.agent\.digest is "sha256:aa"; it should be sha256: and 64 hex digits/,
    ],
    [
      "has a layer's digest that is a path",
      edited(`"digest": "${HASH}"`, `"digest": "../${HASH}"`),
      "CORRUPT",
      /images\.agent\.layers\[0\]\.digest/,
    ],
    [
      "has an unknown step",
      edited('"step": "source"', '"step": "cook"'),
      "CORRUPT",
      /images\.agent\.layers\[0\]\.step is "cook"; it should be one of source, /,
    ],
    [
      "has pins that are a text",
      edited(/"pins": \{[^]*?\n {10}\}/, '"pins": "x"'),
      "CORRUPT",
      /layers\[0\]\.pins is "x"; it should be an object/,
    ],
    [
      "has no layers",
      edited(/"layers": \[[^]*?\n {6}\]/, '"layers": {}'),
      "CORRUPT",
      /images\.agent\.layers is \{\}; it should be a list/,
    ],
  ])("that %s is refused, naming the place", (_, text, code, message) => {
    expect(() => parseLock(text)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) as string }),
    );
  });
});
