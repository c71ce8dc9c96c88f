/**
 * How registries are reached and trusted, and which versions fit. Everything else says what npm does on this machine:
 * which programs it starts (`git`, `script-shell`), where it writes (`cache`, `prefix`, `logs-dir`).
 */
const CARRIED =
  /^(?:@[^\s:=]+:registry|\/\/[^\s=]+|registry|replace-registry-host|always-auth|_auth|_authToken|username|_password|email|strict-ssl|ca(?:\[\])?|cafile|cert|key|proxy|https-proxy|no-?proxy|fetch-[a-z-]+|maxsockets|local-address|tag|before|force|engine-strict|legacy-peer-deps|strict-peer-deps|prefer-dedupe|legacy-bundling|install-strategy|install-links)$/;

/** Keeps the lines of a project's .npmrc that count for an image. */
export function carriedNpmrc(text: string): string {
  const lines = text.split(/\r?\n/).filter((line) => CARRIED.test(keyOf(line)));
  return lines.map((line) => `${line}\n`).join("");
}

/** Reads a line's key as an ini file has it: up to the first `=`, with quotes or without. */
function keyOf(line: string): string {
  const key = line.trim().split("=", 1)[0]?.trim() ?? "";
  return key.replace(/^(["'])(.*)\1$/, "$2");
}
