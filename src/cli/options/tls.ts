import { invalidOption } from "../../model/error";

/** Of what speaks with a registry. */
export const TLS_OPTION = [
  "--tls-verify <bool>",
  "whether the registry has to speak TLS with a certificate that this machine trusts " +
    "(default: what registries.conf says, else true)",
  parseBool,
] as const;

/** @throws SandstackError INVALID_OPTION */
function parseBool(value: string): boolean {
  if (value === "true" || value === "false") return value === "true";
  throw invalidOption("--tls-verify", value, "true or false");
}
