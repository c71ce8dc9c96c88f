import { createHash } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { readdirSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type BuildContext, withContext } from "../../src/images/context";
import { fetchDebs } from "../../src/images/debian/fetch";
import { askForRelease } from "../../src/images/debian/release-file";
import { fetchTarballs } from "../../src/images/npm/fetch";
import { resolveNpm } from "../../src/images/npm/resolve";
import { fetchWheels } from "../../src/images/python/fetch";
import { resolvePython } from "../../src/images/python/resolve";
import { ensureStore } from "../../src/images/store/layout";
import { statePath } from "../../src/model/state-dir";
import { leakCheckEachTest } from "../support/leak-check";
import { FOR_EVER } from "./for-ever";
import { refused } from "./oci-scene";
import { NOTHING, storeContent, useOwnStore } from "./own-store";

// Answers without end, from an index of Python, a registry of npm and an archive of Debian, asked with this machine's
// own tools for an image that need not be there. OCI's: oci-liars.test.ts. Registries that lie in other ways: python,
// npm, debian.

leakCheckEachTest();
useOwnStore();

const PYTHON = { python: "3.11", version: "3.11.2", machine: "x86_64", libc: "glibc 2.36" };
const NODE = { node: "18.19.0", cpu: "x64", libc: "glibc" as const };
const HASH = "0".repeat(64);
const WHEEL = { name: "a", version: "1.0", file: "a-1.0-py3-none-any.whl", sha256: HASH };
const TARBALL = { name: "a", version: "1.0.0", sha512: "0".repeat(128) };

/** How a server answers for a path. */
let answer: (path: string, response: ServerResponse) => void;
let address: string;
let stop: () => Promise<unknown>;
let before: NodeJS.ProcessEnv;
beforeEach(async () => {
  const server = createServer((request, response) => answer(decodeURIComponent(request.url ?? ""), response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  before = { ...process.env };
  for (const name of Object.keys(process.env)) if (/^(PIP_|npm_config_)/i.test(name)) delete process.env[name];
  Object.assign(process.env, { PIP_CONFIG_FILE: "/dev/null", PIP_INDEX_URL: `${address}/simple/` });
  Object.assign(process.env, { npm_config_userconfig: "/dev/null", npm_config_registry: address });
  ensureStore();
});
afterEach(async () => {
  process.env = before;
  await stop();
});

const page = (text: string, type: string) => (response: ServerResponse) =>
  void response.writeHead(200, { "content-type": type }).end(text);
const index = page(`<a href="/files/${WHEEL.file}#sha256=${HASH}">${WHEEL.file}</a>`, "text/html");
const packument = () => {
  const dist = { tarball: `${address}/a/-/a-1.0.0.tgz`, integrity: `sha512-${Buffer.alloc(64).toString("base64")}` };
  const versions = { "1.0.0": { name: "a", version: "1.0.0", dist } };
  return page(JSON.stringify({ name: "a", "dist-tags": { latest: "1.0.0" }, versions }), "application/json");
};
const deb = (size: number) => ({
  ...{ name: "a", version: "1", architecture: "all", archive: "bookworm", path: "pool/a.deb", size },
  sha256: createHash("sha256").update("other").digest("hex"),
});
const image = () => ({ suite: "bookworm", mirror: address, packages: [] });

type Asked = (context: BuildContext) => Promise<unknown>;
const ASKED: Record<
  string,
  { from: string; listed: () => (response: ServerResponse) => void; file: RegExp; look: Asked; fetch: Asked }
> = {
  pip: {
    from: "python: the package index",
    listed: () => index,
    file: /\.whl$/,
    look: (context) => resolvePython(["a"], PYTHON, context),
    fetch: (context) => fetchWheels([WHEEL], PYTHON, context),
  },
  npm: {
    from: "npm: the registry",
    listed: packument,
    file: /\.tgz$/,
    look: (context) => resolveNpm({ manifest: { dependencies: { a: "*" } } }, NODE, context),
    fetch: (context) => fetchTarballs([TARBALL], undefined, context),
  },
  apt: {
    from: "from.debian: the archive",
    listed: () => page("", "text/plain"),
    file: /\.deb$/,
    look: async (context) => {
      const source = { uri: address, suite: "bookworm", components: ["main"] };
      const said = await askForRelease(source, context.work.path, context);
      throw new Error(said.kind === "failed" ? said.why : said.kind);
    },
    fetch: (context) => fetchDebs(image(), [deb(1 << 20)], context),
  },
};

/** Lists the processes that still work on something in the store. */
const workers = () =>
  readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, "latin1").includes(statePath("images/tmp"));
    } catch {
      return false;
    }
  });

const LIMITS = { stallMs: 40_000, bytes: 1 << 22, memory: 2 ** 29 };

describe.each(Object.keys(ASKED))("what %s asks", (tool) => {
  const { from, listed, file, look, fetch } = ASKED[tool] as (typeof ASKED)[string];
  const isFile = (path: string) => file.test(path);

  it.each<[string, Asked, (path: string, response: ServerResponse) => void, object, RegExp]>([
    [
      "a file that has no end",
      fetch,
      (path, response) => (isFile(path) ? FOR_EVER.endless : listed())(response),
      LIMITS,
      /sent more than the \d+ bytes that/,
    ],
    [
      "a file that trickles",
      fetch,
      (path, response) => (isFile(path) ? FOR_EVER.trickling : listed())(response),
      { stallMs: 2_000 },
      /sent fewer than 65536 bytes within 2s/,
    ],
    [
      "a list that has no end",
      look,
      (_, response) => FOR_EVER.endless(response),
      LIMITS,
      /sent (more than the \d+ bytes that|what takes more than the \d+ bytes of memory)/,
    ],
    [
      "a list that trickles",
      look,
      (_, response) => FOR_EVER.trickling(response),
      { stallMs: 2_000 },
      /sent fewer than 65536 bytes within 2s/,
    ],
    ["a call that is taken, and nothing", look, () => {}, { stallMs: 2_000 }, /sent fewer than 65536 bytes within 2s/],
  ])(
    "and gets %s: it is ended soon, with all its processes, and nothing is left",
    async (_, ask, said, fetchLimits, message) => {
      answer = said;
      const asked = withContext({ fetchLimits }, ask).catch((error: unknown) => error);
      const error = (await asked) as { message: string };
      expect(error.message).toMatch(message);
      expect(error.message.startsWith(from)).toBe(true);
      expect(workers()).toEqual([]);
      expect(storeContent()).toEqual(NOTHING);
      for (const shelf of ["wheels", "tarballs", "debs"]) expect(readdirSync(statePath("images", shelf))).toEqual([]);
    },
  );

  it("is ended by an abort as well", async () => {
    const abort = new AbortController();
    answer = (_, response) => {
      FOR_EVER.trickling(response);
      abort.abort();
    };
    const error: unknown = await withContext({ signal: abort.signal }, fetch).catch((thrown: unknown) => thrown);
    expect(error).toEqual(refused("ABORTED", /aborted/));
    expect(workers()).toEqual([]);
  });
});
