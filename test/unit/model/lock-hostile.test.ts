import { execFileSync } from "node:child_process";
import { mkdtempSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDebianPins } from "../../../src/images/debian/pins";
import { parseNpmPins } from "../../../src/images/npm/pins";
import { parseOciPins } from "../../../src/images/oci/pins";
import { parsePythonPins } from "../../../src/images/python/pins";
import { SandstackError } from "../../../src/model/error";
import { JsonPlace } from "../../../src/model/json-place";
import { formatLock, type ImageLock, type Lock, lockOf, parseLock, readLockFile } from "../../../src/model/lock";
import { pinChanges } from "../../../src/cli/stack/lock-changes";

// A lock file as a bad merge, a hand or an attacker leaves it. What a build does with pins that are not what they should
// be: test/unit/images.

const HASH = "a".repeat(64);
const SHA512 = "b".repeat(128);
const INTEGRITY = `sha512-${Buffer.from(SHA512, "hex").toString("base64")}`;
const wheel = (name: string) => ({ name, version: "1.0", file: `${name}-1.0-py3-none-any.whl`, sha256: HASH });
const PINS = {
  debian: {
    architecture: "amd64",
    archives: [{ suite: "bookworm", components: ["main"] }],
    packages: [
      {
        name: "git",
        version: "1:2.39",
        architecture: "amd64",
        archive: "bookworm",
        path: "pool/g.deb",
        size: 1,
        sha256: HASH,
      },
    ],
  },
  oci: { digest: `sha256:${HASH}`, platform: "linux/amd64", config: { env: { A: "b" }, user: "web", cwd: "/srv" } },
  python: { pip: wheel("pip"), wheels: [wheel("numpy"), wheel("six")] },
  npm: {
    npm: { name: "npm", version: "9.9.9", sha512: SHA512 },
    lock: {
      lockfileVersion: 3,
      packages: {
        "": { dependencies: { "@s/a": "1" } },
        "node_modules/@s/a": { version: "1.0.0", integrity: INTEGRITY },
      },
    },
    tarballs: [{ name: "@s/a", version: "1.0.0", sha512: SHA512 }],
  },
};
const PARSERS = { debian: parseDebianPins, oci: parseOciPins, python: parsePythonPins, npm: parseNpmPins };
type Kind = keyof typeof PARSERS;
const KINDS = Object.keys(PARSERS) as Kind[];

const STEP = { debian: "source", oci: "source", python: "python", npm: "npm" } as const;
const lock: Lock = lockOf(
  KINDS.map((kind) => [
    kind,
    {
      digest: `sha256:${HASH}`,
      config: { user: "web" },
      layers: [
        {
          step: STEP[kind],
          declared: { a: ["b"] },
          on: { python: "3.11" },
          pins: PINS[kind],
          tools: { t: "1" },
          digest: HASH,
        },
      ],
    } satisfies ImageLock,
  ]),
);
const TEXT = formatLock(lock);

const refusal = (body: () => unknown): SandstackError => {
  try {
    body();
  } catch (error) {
    if (error instanceof SandstackError) return error;
    throw new Error(`not a SandstackError: ${String(error)}`, { cause: error });
  }
  throw new Error("nothing was refused");
};

it("keeps what its layers were found on: pins that were found on something else do not hold", () => {
  expect(parseLock(TEXT)["python"]?.layers[0]?.on).toEqual({ python: "3.11" });
  expect(parseLock(TEXT)).toEqual(lock);
});

describe("a lock file that is nonsense names the place", () => {
  const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  const image = (more: string) => `{"version":1,"images":{"a":{"digest":"sha256:${HASH}","layers":[]${more}}}}`;
  it.each<[string, string, RegExp]>([
    [
      "two images of a name",
      `{"version":1,"images":{"a":{},"b":{},"a":{}}}`,
      /^sandstack\.lock: images\.a stands twice/,
    ],
    [
      "two names that are one once read",
      image(`,"config":{"user":1,"\\u0075ser":2}`),
      /: images\.a\.config\.user stands twice/,
    ],
    ["two versions", `{"version":1,"images":{},"version":2}`, /^sandstack\.lock: version stands twice/],
    ["two fields of an item", image(`,"config":{"l":[[],[{},{"x":1,"x":1}]]}`), /config\.l\[1\]\[1\]\.x stands twice/],
    ["a version that is deep", `{"version":${deep(200_000)}}`, /version\[0\].* is nested too deeply/],
    ["a config that is deep", image(`,"config":{"a":${deep(200_000)}}`), /config\.a.* is nested too deeply/],
    ["a prototype", `{"version":1,"images":{"__proto__":3}}`, /images\.__proto__ is 3; it should be an object/],
    ["a prototype for a version", `{"__proto__":{"version":1,"images":{}}}`, /version is missing/],
    [
      "a layer that is null",
      image("").replace("[]", "[null]"),
      /images\.a\.layers\[0\] is null; it should be an object/,
    ],
    ["a value of a megabyte", `{"version":1,"images":"${"x".repeat(1 << 20)}"}`, /^.{0,200}$/],
    ["a name of a megabyte", `{"version":1,"images":{"${"x".repeat(1 << 20)}":1}}`, /^.{0,300}$/],
    ["a number that is none", `{"version":1e999}`, /version is null; it should be a whole number/],
    ["a comment", `// mine\n${TEXT}`, /^sandstack\.lock is no JSON/],
    ["YAML", "version: 1\nimages: &a [*a]\n", /^sandstack\.lock is no JSON/],
    ["a byte order mark", `\ufeff${TEXT}`, /^sandstack\.lock is no JSON/],
  ])("where it has %s", (_, text, message) => {
    const error = refusal(() => parseLock(text));
    expect(error.message).toMatch(message);
    expect(error.code).toBe("CORRUPT");
  });

  it("and one that has the same name in two objects is sound", () => {
    expect(parseLock(image(`,"config":{"a":{"x":1},"b":{"x":"\\"a\\\\"},"c":[{"x":1},{"x":1}]}`))["a"]?.config).toEqual(
      {
        a: { x: 1 },
        b: { x: '"a\\' },
        c: [{ x: 1 }, { x: 1 }],
      },
    );
  });
});

it("an image may have any name, and no image is found that is not there", () => {
  const names = ["constructor", "__proto__", "toString", "hasOwnProperty", "a b"];
  const odd = lockOf(names.map((name) => [name, lock["debian"] as ImageLock]));
  const again = parseLock(formatLock(odd));
  expect(Object.keys(again).sort()).toEqual([...names].sort());
  for (const name of names) expect(again[name]?.digest).toBe(`sha256:${HASH}`);
  for (const name of names) expect(parseLock(TEXT)[name]).toBeUndefined();
});

describe("a lock file that is no file", () => {
  const inFolder = (body: (at: (name: string) => string) => void) => {
    const folder = mkdtempSync(join(tmpdir(), "sandstack-lock-"));
    try {
      body((name) => join(folder, name));
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  it("is not waited for, and not read without end", () => {
    inFolder((at) => {
      mkdirSync(at("directory"));
      execFileSync("mkfifo", [at("pipe")]);
      symlinkSync("/dev/zero", at("endless"));
      writeFileSync(at("huge"), "");
      truncateSync(at("huge"), 2 ** 40);
      for (const name of ["directory", "pipe", "endless"]) {
        expect(refusal(() => readLockFile(at(name)))).toMatchObject({
          code: "CORRUPT",
          message: expect.stringMatching(/^sandstack\.lock cannot be read: it is a \w+, and no file\.$/) as string,
        });
      }
      expect(refusal(() => readLockFile(at("huge"))).message).toMatch(/it is larger than 64 ?MiB/);
      expect(readLockFile(at("none"))).toBeUndefined();
      writeFileSync(at("sound"), TEXT);
      expect(readLockFile(at("sound"))).toEqual(lock);
    });
  });
});

/** Nonsense that somebody may put in the place of any value. */
const nonsense = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    -1,
    0.5,
    1e300,
    "",
    "-",
    "--index-url=x",
    "../../etc/passwd",
    "/etc",
    "a\0b",
    "a\nb",
    "\u001b[2J",
  ),
  fc.constantFrom<unknown>(
    [],
    {},
    [[]],
    [null],
    { __proto__: null },
    { constructor: 1 },
    { length: 5 },
    "sha256:",
    HASH,
  ),
  fc.jsonValue({ maxDepth: 4 }),
);

/** Every place in a value, as the way to it. */
function waysIn(value: unknown, way: readonly string[] = []): string[][] {
  const inner = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return [[...way], ...inner.flatMap(([name, one]) => waysIn(one, [...way, name]))];
}

function replaced(value: unknown, [name, ...rest]: readonly string[], by: unknown): unknown {
  if (name === undefined) return by;
  if (Array.isArray(value))
    return value.map((one, index) => (String(index) === name ? replaced(one, rest, by) : (one as unknown)));
  return Object.fromEntries(
    Object.entries(value as object).map(([key, one]) => [
      key,
      key === name ? replaced(one, rest, by) : (one as unknown),
    ]),
  );
}

describe("whatever is changed in a lock file", () => {
  /** Parses it to the end, as a build and the list of changes would. */
  function use(text: string): void {
    const found = parseLock(text);
    expect(formatLock(parseLock(formatLock(found)))).toBe(formatLock(found));
    for (const one of Object.values(found)) {
      pinChanges(one, one);
      for (const layer of one.layers)
        for (const parse of Object.values(PARSERS)) attempt(() => parse(new JsonPlace(layer.pins, "p")));
    }
  }
  const attempt = (body: () => unknown) => {
    try {
      body();
    } catch (error) {
      if (!(error instanceof SandstackError)) throw error;
      expect(error.message.length).toBeLessThan(2_000);
    }
  };

  it("in one of its values, it is sound or refused", () => {
    const whole = JSON.parse(TEXT) as unknown;
    fc.assert(
      fc.property(fc.constantFrom(...waysIn(whole)), nonsense, (way, by) => {
        attempt(() => use(JSON.stringify(replaced(whole, way, by))));
      }),
      { numRuns: 300 },
    );
  });

  it("in its text, it is sound or refused", () => {
    const cut = fc.nat({ max: TEXT.length });
    fc.assert(
      fc.property(
        cut,
        cut,
        fc.constantFrom("", '"', "{", "}", "[", "]", ",", ":", "\\", "\0", '"a":1,', "1"),
        (from, to, by) => {
          attempt(() => use(TEXT.slice(0, from) + by + TEXT.slice(Math.min(TEXT.length, from + (to % 9)))));
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each(KINDS)("of what is pinned of %s, what is taken is what goes on a command line", (kind) => {
    const parse = (value: unknown) => PARSERS[kind](new JsonPlace(value, "sandstack.lock: pins")) as unknown;
    expect(parse(PINS[kind])).toEqual(PINS[kind]);
    fc.assert(
      fc.property(fc.constantFrom(...waysIn(PINS[kind])), nonsense, (way, by) => {
        attempt(() => {
          const taken = parse(replaced(PINS[kind], way, by)) as Record<string, object>;
          const { lock: locked, ...rest }: Record<string, object | undefined> = { ...taken, config: undefined };
          const places = Object.keys((locked as { packages?: object } | undefined)?.packages ?? {});
          expect(JSON.stringify([rest, places])).not.toMatch(/"-|\\u0000|\\u001b|\\n|"\.\.|\.\.\//);
        });
      }),
      { numRuns: 300 },
    );
  });
});
