import { SandstackError } from "../../model/error";
import { errnoOf } from "../system/system-error";

/** How connections fail where nobody answers. */
const SILENT = ["ENOENT", "ECONNREFUSED", "ECONNRESET", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND", "EAI_AGAIN"];
const TIMES_OUT = ["ETIMEDOUT", "ESOCKETTIMEDOUT"];
/** How TLS says that the two do not know each other. */
const TLS = /^(ERR_(SSL|TLS|OSSL)_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET|VERIFY)_|EPROTO$)/;
const PLAIN_TO_TLS = /HTTP request to an HTTPS server/;

/** What an engine, or the way to it, has answered, in the user's terms; what is a SandstackError passes through. */
export function fromEngine(error: unknown, host: string, doing: string): SandstackError {
  if (error instanceof SandstackError) return error;
  const errno = errnoOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (errno === "EACCES" || errno === "EPERM") {
    return new SandstackError("PERMISSION_DENIED", `docker.host: this user may not speak to the engine at ${host}.`, {
      cause: error,
      hint: "Members of its socket's group may: `sudo usermod --append --groups docker $USER`, then log in anew.",
    });
  }
  if (errno === "ABORT_ERR") {
    const message = `docker.host: the engine at ${host} takes connections and does not answer (${doing}).`;
    return new SandstackError("NO_ENGINE", message, {
      cause: error,
      hint: "Restart it (`sudo systemctl restart docker`), or say where another is: docker.host, or DOCKER_HOST in the environment.",
    });
  }
  if (errno !== undefined && [...SILENT, ...TIMES_OUT].includes(errno)) {
    return new SandstackError("NO_ENGINE", `docker.host: no Docker engine answers at ${host} (${errno}).`, {
      cause: error,
      hint: "Start it, or say where it is: docker.host, or DOCKER_HOST in the environment.",
    });
  }
  if (TLS.test(codeOf(error)) || PLAIN_TO_TLS.test(message)) {
    // OpenSSL has its reason between numbers and file names.
    const said = /:SSL routines:[^:]*:([^:]+)/.exec(message)?.[1] ?? message;
    return new SandstackError("NO_ENGINE", `docker.host: TLS fails between here and the engine at ${host}: ${said}.`, {
      cause: error,
      hint: "DOCKER_CERT_PATH, or certPath of a docker.Provider, takes the folder with ca.pem, cert.pem and key.pem.",
    });
  }
  if (/no space left on device/i.test(message)) {
    return new SandstackError("NO_SPACE", `No space left on the disk of the engine at ${host} while ${doing}.`, {
      cause: error,
    });
  }
  if (statusOf(error) !== undefined) {
    return new SandstackError("ENGINE_FAILED", `The engine at ${host} refused ${doing}: ${reasonOf(error, message)}.`, {
      cause: error,
    });
  }
  return new SandstackError("NO_ENGINE", `docker.host: no way to the engine at ${host}: ${message}.`, { cause: error });
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : "";
}

/** The HTTP status of an engine's refusal. */
export function statusOf(error: unknown): number | undefined {
  return (error as { statusCode?: number } | undefined)?.statusCode;
}

/** Runs `ask`; `undefined` where the engine does not have what it speaks of. */
export async function ifKnown<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** Without the words that dockerode puts before it. */
function reasonOf(error: unknown, message: string): string {
  const body = (error as { json?: { message?: unknown } }).json?.message;
  return (typeof body === "string" ? body : message).trim().replace(/\.$/, "");
}
