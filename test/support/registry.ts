import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface RegistryOptions {
  /** The address of this machine that it listens on. Default: loopback. */
  host?: string;
  /** Whom it lets in. Default: everybody. */
  login?: { name: string; password: string };
  /** Speaks TLS, with a certificate that nobody has reason to trust. Default: plain HTTP. */
  tls?: boolean;
}

/** A registry of the tests' own. */
export interface Registry extends AsyncDisposable {
  /** Such as `127.0.0.1:41234`: the beginning of a reference. */
  address: string;
}

/** Starts Debian's `docker-registry` with a folder of its own; it ends with this process, however that ends. */
export async function startRegistry({ host = "127.0.0.1", login, tls }: RegistryOptions = {}): Promise<Registry> {
  const folder = mkdtempSync("/var/tmp/sandstack-registry-");
  const config = {
    version: "0.1",
    storage: { filesystem: { rootdirectory: join(folder, "data") } },
    http: { addr: `${host}:0`, ...(tls ? { tls: makeCertificate(folder, host) } : {}) },
    ...(login ? { auth: { htpasswd: { realm: "test", path: makeLogin(folder, login) } } } : {}),
  };
  mkdirSync(join(folder, "data"));
  // JSON is YAML.
  writeFileSync(join(folder, "config.yml"), JSON.stringify(config));
  const server = spawn("setpriv", ["--pdeathsig=KILL", "docker-registry", "serve", join(folder, "config.yml")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  try {
    return {
      address: `${host}:${await portOf(server)}`,
      async [Symbol.asyncDispose]() {
        await endOf(server);
        rmSync(folder, { recursive: true });
      },
    };
  } catch (error) {
    await endOf(server);
    rmSync(folder, { recursive: true });
    throw error;
  }
}

/** The port that the kernel has given it, by its own log. */
function portOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    createInterface({ input: server.stderr as NodeJS.ReadableStream }).on("line", (line) => {
      said.push(line);
      const port = /listening on [\d.]+:(\d+)/.exec(line)?.[1];
      if (port !== undefined) resolve(port);
    });
    server.once("error", reject);
    server.once("close", () => reject(new Error(`the registry did not start:\n${said.join("\n")}`)));
  });
}

async function endOf(server: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => server.once("close", resolve));
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill("SIGKILL");
  await ended;
}

/** bcrypt, which is all that the registry takes; perl and its crypt(3) are on every Debian. */
function makeLogin(folder: string, { name, password }: { name: string; password: string }): string {
  const path = join(folder, "htpasswd");
  const program = "print crypt($ARGV[0], '$2y$05$abcdefghijklmnopqrstuu')";
  writeFileSync(path, `${name}:${execFileSync("perl", ["-e", program, password]).toString()}\n`);
  return path;
}

function makeCertificate(folder: string, host: string): { certificate: string; key: string } {
  const [certificate, key] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
  const what = [
    "-newkey",
    "ed25519",
    "-nodes",
    "-days",
    "2",
    "-subj",
    "/CN=test",
    "-addext",
    `subjectAltName=IP:${host}`,
  ];
  execFileSync("openssl", ["req", "-x509", ...what, "-keyout", key, "-out", certificate], { stdio: "pipe" });
  return { certificate, key };
}
