import { type ErrorCode, SandstackError } from "../../model/error";

interface Meaning {
  says: RegExp;
  code: ErrorCode;
  message: string;
  hint?: string;
}

/** What skopeo's last words mean; the first that fits. */
const MEANINGS: readonly Meaning[] = [
  {
    says: /no image found in (manifest list|image index)|no image found for/i,
    code: "UNSUPPORTED",
    message: "there is no image for this machine's platform",
  },
  {
    says: /server gave HTTP response to HTTPS client/i,
    code: "REGISTRY_FAILED",
    message: "the registry speaks HTTP without TLS",
    hint: "If you trust the way to it: --tls-verify=false, or `insecure = true` for it in registries.conf.",
  },
  {
    says: /x509|certificate|tls: /i,
    code: "REGISTRY_FAILED",
    message: "the registry's certificate is none that this machine trusts",
    hint: "Put its authority into /etc/containers/certs.d, or, if you trust the way to it, --tls-verify=false.",
  },
  {
    says: /unauthorized|authentication required|access to the resource is denied|forbidden|\b40[13]\b/i,
    code: "PERMISSION_DENIED",
    message: "the registry wants a login that may do this",
    hint: "`skopeo login HOST` or `docker login HOST` writes one down; REGISTRY_AUTH_FILE names another file of logins.",
  },
  {
    says: /manifest unknown|name unknown|not found|\b404\b|no such file or directory/i,
    code: "NOT_FOUND",
    message: "there is no such image",
  },
  {
    says: /connection refused|no such host|i\/o timeout|network is unreachable|no route to host|connection reset/i,
    code: "REGISTRY_FAILED",
    message: "the registry can't be reached",
  },
  {
    says: /stopped after \d+ redirects/i,
    code: "REGISTRY_FAILED",
    message: "the registry sends round in circles",
  },
  {
    says: /digest did not match|does not match|mismatch|unexpected EOF|short read|size.*expected|expected.*size/i,
    code: "CORRUPT",
    message: "what came is not what its digest says",
  },
];

/**
 * What went wrong, in the user's terms; skopeo's own words are the cause.
 * @param remote whether a registry was asked
 */
export function skopeoFailed(tail: readonly string[], remote: boolean): SandstackError {
  const words = lastWords(tail);
  // Of a place on this machine that can't even be opened, words about a registry would mislead.
  const unread = !remote && words.startsWith("Error parsing image name");
  const meaning = MEANINGS.find(({ says }) => says.test(words));
  if (meaning && !unread)
    return new SandstackError(meaning.code, `${meaning.message}.`, { hint: meaning.hint, cause: words });
  return new SandstackError(remote ? "REGISTRY_FAILED" : "BAD_ARCHIVE", `what came is no image: ${words}`, {
    cause: tail.join("\n"),
  });
}

/** The message in `time="…" level=fatal msg="…"`, without the names of places in front of it. */
function lastWords(tail: readonly string[]): string {
  const line = tail.at(-1) ?? "(no output)";
  const message = /level=fatal msg=(".*")$/.exec(line)?.[1];
  if (message === undefined) return line;
  try {
    return JSON.parse(message) as string;
  } catch {
    return message;
  }
}
