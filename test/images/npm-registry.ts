import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { type MadeEntry, makeTar } from "./tar-maker";

/** A package: what its package.json says, and its other files. */
export interface MadePackage {
  name: string;
  version: string;
  [field: string]: unknown;
}

interface Stored {
  manifest: MadePackage;
  tarball: Buffer;
}

/** What a registry says in the place of what it should; by the path that is asked for. */
export type RegistryLie = (path: string, response: ServerResponse) => boolean;

/** A registry of npm's on loopback. */
export class NpmRegistry {
  readonly asked: string[] = [];
  lie: RegistryLie = () => false;
  private readonly packages: Stored[] = [];
  private readonly server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "");
    this.asked.push(path);
    if (!this.lie(path, response)) this.answer(path, response);
  });

  async start(): Promise<void> {
    // npm itself comes from where this machine gets it: one for the Node of every suite.
    const folder = mkdtempSync("/var/tmp/sandstack-npm-");
    execFileSync("npm", ["pack", "npm@9", "--silent", "--pack-destination", folder]);
    const tarball = readFileSync(join(folder, readdirSync(folder)[0] as string));
    rmSync(folder, { recursive: true });
    this.packages.push({ manifest: { name: "npm", version: "9.9.9", engines: { node: ">=14" } }, tarball });
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
  }

  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** @param odd entries that no honest tool would write */
  add(manifest: MadePackage, files: Readonly<Record<string, string>> = {}, odd: readonly MadeEntry[] = []): void {
    const all = { "package.json": JSON.stringify(manifest), ...files };
    const sound = Object.entries(all).map(([path, content]) => ({ path: `package/${path}`, content, mode: 0o755 }));
    const entries = [...sound, ...odd];
    this.packages.push({ manifest, tarball: gzipSync(makeTar(entries)) });
  }

  remove(name: string): void {
    const others = this.packages.filter(({ manifest }) => manifest.name !== name);
    this.packages.splice(0, Infinity, ...others);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(path: string, response: ServerResponse): void {
    const file = this.packages.find((one) => path === fileOf(one.manifest));
    if (file) {
      response.writeHead(200, { "content-type": "application/octet-stream" }).end(file.tarball);
      return;
    }
    const own = this.packages.filter(({ manifest }) => path === `/${manifest.name}`);
    if (own.length === 0) {
      response.writeHead(404, { "content-type": "application/json" }).end('{"error":"Not found"}');
      return;
    }
    const versions = own.map(({ manifest, tarball }) => {
      const integrity = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
      const dist = { tarball: `http://${this.address}${fileOf(manifest)}`, ...(manifest["weak"] ? {} : { integrity }) };
      return [manifest.version, { ...manifest, dist }] as const;
    });
    const latest = own.at(-1)?.manifest.version;
    const document = { name: path.slice(1), "dist-tags": { latest }, versions: Object.fromEntries(versions) };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(document));
  }
}

function fileOf({ name, version }: MadePackage): string {
  return `/${name}/-/${name}-${version}.tgz`;
}

/** Called at the top of a file: one registry for all its tests, to which npm's own settings lead. */
export function useNpmRegistry(): NpmRegistry {
  const registry = new NpmRegistry();
  let before: NodeJS.ProcessEnv;
  beforeAll(() => registry.start());
  afterAll(() => registry.stop());
  beforeEach(() => {
    before = { ...process.env };
    for (const name of Object.keys(process.env)) if (/^npm_config_/i.test(name)) delete process.env[name];
    process.env["npm_config_userconfig"] = "/dev/null";
    process.env["npm_config_registry"] = `http://${registry.address}/`;
    process.env["npm_config_fetch_retries"] = "0";
    // What npm keeps of answers would be of another registry: its port may come again.
    process.env["npm_config_cache"] = mkdtempSync("/var/tmp/sandstack-npm-cache-");
  });
  afterEach(() => {
    rmSync(process.env["npm_config_cache"] as string, { recursive: true });
    registry.lie = () => false;
    process.env = before;
  });
  return registry;
}
