import { SandstackError } from "../../model/error";
import { isMap, isSecret, SECRET, secret, SIGNATURE_KEY, signatureOf, type PropertyValue } from "../property/value";
import type { Crypter } from "./passphrase";

type Direction = (text: string) => string;

/** A value as the state file keeps it: each secret as the ciphertext of its JSON. */
export function seal(value: PropertyValue, crypter: Pick<Crypter, "encrypt">): PropertyValue {
  return sealWith(value, (text) => crypter.encrypt(text));
}

function sealWith(value: PropertyValue, encrypt: Direction): PropertyValue {
  if (isSecret(value)) {
    // What is secret inside a secret is marked only: it is encrypted with the whole.
    const text = JSON.stringify(sealWith(value.value, (inner) => inner));
    return { [SIGNATURE_KEY]: SECRET, ciphertext: encrypt(text) };
  }
  return mapInner(value, (inner) => sealWith(inner, encrypt));
}

/**
 * The inverse of `seal`.
 * @throws SandstackError CORRUPT
 */
export function unseal(value: PropertyValue, crypter: Pick<Crypter, "decrypt">): PropertyValue {
  return unsealWith(value, (text) => crypter.decrypt(text));
}

function unsealWith(value: PropertyValue, decrypt: Direction): PropertyValue {
  if (signatureOf(value) !== SECRET || !isMap(value)) return mapInner(value, (inner) => unsealWith(inner, decrypt));
  const { ciphertext, plaintext } = value;
  if (typeof plaintext === "string") return secret(unsealWith(parse(plaintext), (inner) => inner));
  if (typeof ciphertext === "string") return secret(unsealWith(parse(decrypt(ciphertext)), (inner) => inner));
  throw new SandstackError("CORRUPT", "A secret in the state has neither ciphertext nor plaintext.");
}

function parse(text: string): PropertyValue {
  try {
    return JSON.parse(text) as PropertyValue;
  } catch (cause) {
    throw new SandstackError("CORRUPT", "A secret in the state is not JSON.", { cause });
  }
}

function mapInner(value: PropertyValue, change: (value: PropertyValue) => PropertyValue): PropertyValue {
  if (Array.isArray(value)) return value.map(change);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(inner)]));
}
