import { createCipheriv, createDecipheriv, createHash, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { SandstackError } from "../../model/error";

const ROUNDS = 1_000_000;
const SALT_BYTES = 8;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** What a salt state holds encrypted, so that a wrong passphrase is told at once. */
const PROBE = "pulumi";

/** Encrypts and decrypts with one stack's key. */
export interface Crypter {
  encrypt(text: string): string;
  decrypt(ciphertext: string): string;
  /** What stands as `salt` in the state and as `encryptionsalt` in the stack's file. */
  state: string;
}

/** `v1:base64(nonce):base64(ciphertext and tag)`, AES-256-GCM. */
export function encryptWith(key: Buffer, text: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
}

/** @throws SandstackError CORRUPT where it is no such text, or another key's */
export function decryptWith(key: Buffer, ciphertext: string): string {
  const [version, nonce = "", sealed = ""] = ciphertext.split(":");
  const bytes = Buffer.from(sealed, "base64");
  try {
    if (version !== "v1") throw new Error(`version ${version}`);
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
    decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
    const text = Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]);
    return text.toString("utf8");
  } catch (cause) {
    throw new SandstackError("CORRUPT", "A secret of this stack does not decrypt.", {
      cause,
      hint: "It was changed, or encrypted for another stack.",
    });
  }
}

const keys = new Map<string, Promise<Buffer>>();

/** 200 ms, in a thread of its own; remembered, for a service that runs one stack after the other. */
function deriveKey(passphrase: string, salt: Buffer): Promise<Buffer> {
  const name = createHash("sha256").update(salt).update(passphrase).digest("hex");
  const known = keys.get(name) ?? promisify(pbkdf2)(passphrase, salt, ROUNDS, KEY_BYTES, "sha256");
  keys.set(name, known);
  return known;
}

/** A stack's first key: a new salt. */
export async function newCrypter(passphrase: string): Promise<Crypter> {
  const salt = randomBytes(SALT_BYTES);
  const key = await deriveKey(passphrase, salt);
  return crypterOf(key, `v1:${salt.toString("base64")}:${encryptWith(key, PROBE)}`);
}

/**
 * The key of a stack that has a salt already.
 * @throws SandstackError BAD_PASSPHRASE
 */
export async function openCrypter(passphrase: string, state: string): Promise<Crypter> {
  const [version, salt = "", ...probe] = state.split(":");
  if (version !== "v1" || probe.length !== 3) {
    throw new SandstackError("CORRUPT", `encryptionsalt: ${JSON.stringify(state)} is not valid.`, {
      hint: "It begins with v1: and has five parts; take it from the stack's file as it was.",
    });
  }
  const key = await deriveKey(passphrase, Buffer.from(salt, "base64"));
  try {
    if (decryptWith(key, probe.join(":")) === PROBE) return crypterOf(key, state);
  } catch {
    // told below
  }
  throw new SandstackError(
    "BAD_PASSPHRASE",
    "The passphrase is not the one that this stack's secrets were encrypted with.",
    {
      hint: "Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to the right one.",
    },
  );
}

function crypterOf(key: Buffer, state: string): Crypter {
  return { encrypt: (text) => encryptWith(key, text), decrypt: (text) => decryptWith(key, text), state };
}
