import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { SandstackError } from "../../model/error";
import { own } from "../../sdk/own";
import { connectOnce, ONE_CONNECTION } from "../../sdk/own-client";
import { RpcFailure, type Transport } from "./transport";

const MESSAGE_LIMIT = 400 * 1024 * 1024;
const TAIL_LINES = 20;
/** How long a plugin whose connection broke has to be seen to end. */
const LAST_WORDS_MS = 500;
const UNAVAILABLE = 14;
const UNIMPLEMENTED = 12;

type Method = (request: object, callback: (error: Error | null, response: never) => void) => void;

/** Where a plugin's executable may be: the project's own folder first, then where the Pulumi CLI installs plugins. */
export function findPlugin(
  pkg: string,
  version: string,
  folder: string | undefined,
  pulumiHome: string,
): string | undefined {
  const places = [
    ...(folder === undefined ? [] : [folder]),
    ...(version === "" ? [] : [join(pulumiHome, "plugins", `resource-${pkg}-v${version}`)]),
  ];
  return places.map((place) => join(place, `pulumi-resource-${pkg}`)).find((path) => existsSync(path));
}

/**
 * Starts a provider's executable and connects to it. It is told the engine's address, and prints its port first.
 * @param say what it prints besides
 * @throws SandstackError PROVIDER_FAILED
 */
export async function startPlugin(
  executable: string,
  engineAddress: string,
  cwd: string,
  say: (line: string) => void,
): Promise<Transport> {
  // A session of its own: Ctrl-C is for the engine, which tells its plugins what to do.
  const child = spawn(executable, [engineAddress], { cwd, stdio: ["pipe", "pipe", "pipe"], detached: true });
  const ended = once(child, "exit").catch(() => undefined);
  const tail: string[] = [];
  const hear = (line: string) => {
    tail.push(line);
    if (tail.length > TAIL_LINES) tail.shift();
    say(line);
  };
  createInterface(child.stderr).on("line", hear);
  const port = await readPort(child, executable, tail, hear);
  const { credentials } = own("grpc");
  const { ResourceProviderClient } = own("providerService");
  const address = `127.0.0.1:${port}`;
  const client = new ResourceProviderClient(address, credentials.createInsecure(), {
    "grpc.max_receive_message_length": MESSAGE_LIMIT,
    "grpc.max_send_message_length": MESSAGE_LIMIT,
    ...ONE_CONNECTION,
  });
  const methods = client as unknown as Record<string, Method>;
  /** A connection that broke, because the plugin did. */
  const explain = async (failure: RpcFailure) => {
    if (failure.code !== UNAVAILABLE) return failure;
    await Promise.race([ended, sleep(LAST_WORDS_MS, undefined, { ref: false })]);
    const message = `${executable} has ended (${ending(child)}): ${tail.join(" | ")}`;
    return isRunning(child) ? failure : new RpcFailure(failure.code, message);
  };
  // An idle plugin must not keep the process alive.
  child.unref();
  for (const stream of [child.stdout, child.stderr, child.stdin]) (stream as unknown as { unref(): void }).unref();
  const call: Transport["call"] = (method, request) =>
    new Promise((resolve, reject) => {
      const answer = (error: Error | null, response: never) => {
        if (error === null) return resolve(response);
        void explain(RpcFailure.from(error)).then(reject);
      };
      try {
        methods[method]?.call(client, request, answer);
      } catch {
        // A client that has lost its connection is closed.
        void explain(new RpcFailure(UNAVAILABLE, "its connection is lost")).then(reject);
      }
    });
  const close = () => {
    client.close();
    // It ends at the end of its input; one that does not is ended.
    child.stdin.end();
    child.kill("SIGTERM");
  };
  try {
    const dead = ended.then(() => Promise.reject(new Error("nobody answers")));
    await Promise.race([connectOnce(client, address), dead]).catch(async (error: Error) => {
      const { message } = await explain(new RpcFailure(UNAVAILABLE, error.message));
      throw new SandstackError("PROVIDER_FAILED", `${executable}: ${message}`, { cause: error });
    });
    await shakeHands(call, executable, engineAddress);
  } catch (error) {
    close();
    throw error;
  }
  return { call, close };
}

/** What newer plugins are told before anything else; older plugins and older SDKs do not know it. */
async function shakeHands(call: Transport["call"], executable: string, engineAddress: string): Promise<void> {
  const folder = dirname(executable);
  const { ProviderHandshakeRequest } = own("provider");
  if (ProviderHandshakeRequest === undefined) return;
  const request = new ProviderHandshakeRequest().setEngineAddress(engineAddress);
  request.setRootDirectory(folder).setProgramDirectory(folder).setConfigureWithUrn(true);
  await call("handshake", request).catch((failure: RpcFailure) => {
    if (failure.code !== UNIMPLEMENTED)
      throw new SandstackError("PROVIDER_FAILED", `${executable}: ${failure.message}`);
  });
}

function readPort(
  child: ChildProcess & { stdout: NonNullable<ChildProcess["stdout"]> },
  executable: string,
  tail: string[],
  hear: (line: string) => void,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (what: string, cause?: unknown) =>
      reject(new SandstackError("PROVIDER_FAILED", `${executable}: ${what}`, { cause }));
    child.once("error", (cause) => fail(cause.message, cause));
    child.once("exit", () => fail(`ended before it told its port (${ending(child)}): ${tail.join(" | ")}`));
    let first = true;
    createInterface(child.stdout).on("line", (line) => {
      if (!first) return hear(line);
      first = false;
      const port = Number(line.trim());
      if (Number.isInteger(port) && port > 0 && port < 65_536) return resolve(port);
      child.kill("SIGKILL");
      fail(`${JSON.stringify(line)} is no port`);
    });
  });
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

function ending(child: ChildProcess): string {
  return child.signalCode ?? `exit code ${child.exitCode}`;
}
