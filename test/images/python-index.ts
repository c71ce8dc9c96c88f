import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";

/** A wheel of one module, `<name>.py`, that says its version. */
export interface MadeWheel {
  name: string;
  version: string;
  /** Default: for any Python and platform. */
  tag?: string;
  requires?: readonly string[];
  /** Files that no honest tool would write, by name. */
  odd?: Readonly<Record<string, string>>;
  /** The name of its command. Default: `say-<name>`. */
  command?: string;
  /** Its text in place of a wheel: a source archive. */
  sdist?: true;
}

const WRITE_WHEEL = `
import json, sys, zipfile
w = json.load(sys.stdin)
info = "%s-%s.dist-info/" % (w["name"], w["version"])
meta = "Metadata-Version: 2.1\\nName: %s\\nVersion: %s\\n" % (w["name"], w["version"])
meta += "".join("Requires-Dist: %s\\n" % r for r in w.get("requires", []))
files = {w["name"] + ".py": "version = %r\\n" % w["version"], info + "METADATA": meta,
  info + "WHEEL": "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: %s\\n" % w["tag"],
  info + "entry_points.txt": "[console_scripts]\\n%s = %s:__name__.upper\\n" % (w.get("command", "say-" + w["name"]), w["name"]), **w.get("odd", {})}
record = "".join("%s,,\\n" % name for name in [*files, info + "RECORD"])
with zipfile.ZipFile(w["path"], "w") as z:
    for name, text in {**files, info + "RECORD": record}.items():
        z.writestr(zipfile.ZipInfo(name, (2024, 2, 3, 4, 5, 6)), text)
`;

/** What an index says in the place of what it should; by the path that is asked for. */
export type IndexLie = (path: string, response: ServerResponse) => boolean;

/** A package index on loopback, and pip's settings that lead to it. */
export class PythonIndex {
  readonly asked: string[] = [];
  lie: IndexLie = () => false;
  private readonly folder = mkdtempSync("/var/tmp/sandstack-index-");
  private readonly server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "");
    this.asked.push(path);
    if (!this.lie(path, response)) this.answer(path, response);
  });

  async start(): Promise<void> {
    // pip itself comes from where this machine gets it.
    execFileSync("python3", [
      "-m",
      "pip",
      "download",
      "--quiet",
      "--no-deps",
      "--only-binary=:all:",
      "--dest",
      this.folder,
      "pip",
    ]);
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
  }

  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  add({ tag = "py3-none-any", sdist, ...wheel }: MadeWheel): void {
    const file = sdist ? `${wheel.name}-${wheel.version}.tar.gz` : `${wheel.name}-${wheel.version}-${tag}.whl`;
    const path = join(this.folder, file);
    execFileSync("python3", ["-c", WRITE_WHEEL], { input: JSON.stringify({ ...wheel, tag, path }) });
  }

  remove(name: string): void {
    for (const file of this.filesOf(name)) rmSync(join(this.folder, file));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    rmSync(this.folder, { recursive: true });
  }

  private filesOf(name: string): string[] {
    return readdirSync(this.folder).filter((file) => file.startsWith(`${name}-`));
  }

  private answer(path: string, response: ServerResponse): void {
    const project = /^\/simple\/([^/]+)\/$/.exec(path)?.[1];
    const files = project === undefined ? [] : this.filesOf(project);
    if (files.length > 0) {
      const links = files.map((file) => {
        const hash = createHash("sha256")
          .update(readFileSync(join(this.folder, file)))
          .digest("hex");
        return `<a href="/files/${encodeURIComponent(file)}#sha256=${hash}">${file}</a>`;
      });
      response.writeHead(200, { "content-type": "text/html" }).end(`<!DOCTYPE html><body>${links.join("\n")}</body>`);
      return;
    }
    const file = readdirSync(this.folder).find((one) => path === `/files/${one}`);
    if (file === undefined) response.writeHead(404).end("none");
    else
      response
        .writeHead(200, { "content-type": "application/octet-stream" })
        .end(readFileSync(join(this.folder, file)));
  }
}

/** Called at the top of a file: one index for all its tests, to which pip's own settings lead. */
export function usePythonIndex(): PythonIndex {
  const index = new PythonIndex();
  let before: NodeJS.ProcessEnv;
  beforeAll(() => index.start());
  afterAll(() => index.stop());
  beforeEach(() => {
    before = { ...process.env };
    for (const name of Object.keys(process.env)) if (name.startsWith("PIP_")) delete process.env[name];
    process.env["PIP_CONFIG_FILE"] = "/dev/null";
    process.env["PIP_INDEX_URL"] = `http://${index.address}/simple/`;
  });
  afterEach(() => {
    index.lie = () => false;
    process.env = before;
  });
  return index;
}
