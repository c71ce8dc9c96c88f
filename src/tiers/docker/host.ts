import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DockerOptions } from "dockerode";
import { invalidOption, SandstackError } from "../../model/error";
import { FIRST_ANSWER_MS } from "./bounded";

const OPTION = "docker.host";
const RIGHT = "unix:///var/run/docker.sock, tcp://host:2376 or ssh://user@host";
/** Docker's own port for an engine behind TLS. */
const TLS_PORT = 2376;

/** Where its engine is on this machine; `undefined` for one that is reached over a network. */
export function socketOf(host: string): string | undefined {
  return host.startsWith("unix://") ? host.slice("unix://".length) : undefined;
}

/**
 * How dockerode reaches an engine. Certificates are where Docker's client has them, in DOCKER_CERT_PATH; an ssh key is
 * the agent's.
 * @throws SandstackError INVALID_OPTION; NOT_FOUND for a certificate that is not there
 */
export function reachOf(host: string, env: NodeJS.ProcessEnv = process.env): DockerOptions {
  const socketPath = socketOf(host);
  if (socketPath?.startsWith("/")) return { socketPath, host: undefined };
  if (!URL.canParse(host)) throw invalidOption(OPTION, host, RIGHT);
  const { protocol, hostname, port, username } = new URL(host);
  if (hostname === "") throw invalidOption(OPTION, host, RIGHT);
  if (protocol === "ssh:") {
    const sshOptions = { agent: env["SSH_AUTH_SOCK"], readyTimeout: FIRST_ANSWER_MS } as object;
    return { protocol: "ssh", host: hostname, port: port || "22", username: username || undefined, sshOptions };
  }
  if (protocol !== "tcp:" || port === "") throw invalidOption(OPTION, host, RIGHT);
  const secured = Boolean(env["DOCKER_TLS_VERIFY"]) || Number(port) === TLS_PORT;
  return { protocol: secured ? "https" : "http", host: hostname, port, ...(secured ? certificates(env) : {}) };
}

function certificates(env: NodeJS.ProcessEnv): Pick<DockerOptions, "ca" | "cert" | "key"> {
  const folder = env["DOCKER_CERT_PATH"];
  if (!folder) return {};
  const read = (name: string) => {
    try {
      return readFileSync(join(folder, name));
    } catch (cause) {
      throw new SandstackError("NOT_FOUND", `DOCKER_CERT_PATH: ${JSON.stringify(folder)} has no readable ${name}.`, {
        cause,
        hint: "It takes the folder with ca.pem, cert.pem and key.pem, as `docker` reads it.",
      });
    }
  };
  return { ca: read("ca.pem"), cert: read("cert.pem"), key: read("key.pem") };
}
