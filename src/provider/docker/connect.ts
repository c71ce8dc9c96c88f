import type { DockerOptions } from "dockerode";
import { openEngine, type Engine } from "../../tiers/docker/engine";
import { defaultHost } from "../../model/docker/default-host";
import { reachOf } from "../../tiers/docker/host";
import type { Failure } from "../checker";
import { hasUnknown, type Values } from "../values";
import { explain } from "./failure";
import { PROVIDER_SHAPE } from "./shape/state-shape";

/** What the provider is configured with, as far as it is covered. */
export interface Config {
  host?: string;
  caMaterial?: string;
  certMaterial?: string;
  keyMaterial?: string;
  certPath?: string;
}

const COVERED = ["host", "caMaterial", "certMaterial", "keyMaterial", "certPath"];
/** What engines of Pulumi add of their own. */
const THEIRS = ["version", "pluginDownloadURL"];
const REFUSED: Readonly<Record<string, string>> = {
  context: "host takes the engine's address.",
  sshOpts: "ssh goes through the agent of SSH_AUTH_SOCK.",
  registryAuth: "SandboxImage pulls with the logins of this machine; or `pulumi plugin install resource docker`.",
};
const DEFAULT_CERT_PATH = "DOCKER_CERT_PATH";

/**
 * The provider's inputs, with the engine that is meant where none is named: a destroy is to find it, wherever
 * DOCKER_HOST points then.
 */
export function checkConfig(given: Values): { inputs: Values; failures: Failure[] } {
  const failures = Object.entries(given).flatMap(([name, value]): Failure[] => {
    const isNothing = value === undefined || value === null || value === "";
    if (isNothing || THEIRS.includes(name) || name === "disableDockerDaemonCheck") return [];
    if (!(name in PROVIDER_SHAPE)) return [{ property: name, reason: "is not known" }];
    if (COVERED.includes(name)) return [];
    const reason = `is not covered where the docker plugin is not installed. ${REFUSED[name]}`;
    return [{ property: name, reason }];
  });
  if (Boolean(given["certMaterial"]) !== Boolean(given["keyMaterial"])) {
    failures.push({ property: "certMaterial", reason: "goes with keyMaterial: both, or none" });
  }
  if (given["certPath"] && given["certMaterial"]) {
    failures.push({ property: "certPath", reason: "stands for certMaterial and keyMaterial: one or the other" });
  }
  const inputs = { ...given, host: given["host"] || defaultHost() };
  if (failures.length === 0 && !hasUnknown(inputs)) {
    try {
      reachFor(inputs as Config);
    } catch (error) {
      const { message, hint = "" } = error as { message: string; hint?: string };
      failures.push({ property: "host", reason: `${message} ${hint}`.trim() });
    }
  }
  return { inputs, failures };
}

/** Two configurations reach the same engine if their host is the same. One that is older than this names none. */
export function sameEngine(olds: Values, news: Values): boolean {
  return (olds["host"] || defaultHost()) === (news["host"] || defaultHost());
}

/** How dockerode reaches the engine. */
export function reachFor(config: Config, env: NodeJS.ProcessEnv = process.env): DockerOptions {
  const { host = defaultHost(env), caMaterial, certMaterial, keyMaterial, certPath } = config;
  if (certMaterial || caMaterial) {
    const reach = reachOf(host, { ...env, [DEFAULT_CERT_PATH]: undefined });
    return isNetwork(reach)
      ? { ...reach, protocol: "https", ca: caMaterial, cert: certMaterial, key: keyMaterial }
      : reach;
  }
  if (!certPath) return reachOf(host, env);
  return reachOf(host, { ...env, DOCKER_TLS_VERIFY: "1", [DEFAULT_CERT_PATH]: certPath });
}

/** @throws SandstackError NO_ENGINE, PERMISSION_DENIED, VERSION, UNSUPPORTED, MISSING_TOOL */
export async function connect(config: Config): Promise<Engine> {
  const host = config.host ?? defaultHost();
  try {
    return await openEngine(host, reachFor(config));
  } catch (error) {
    throw explain(error, host, "looking at it");
  }
}

function isNetwork({ protocol }: DockerOptions): boolean {
  return protocol === "http" || protocol === "https";
}
