import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

export type HashAlgorithm = "sha256" | "sha512";

/** The hash of a file's content, in hex. */
export async function hashFile(path: string, algorithm: HashAlgorithm = "sha256"): Promise<string> {
  const hash = createHash(algorithm);
  for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) hash.update(piece);
  return hash.digest("hex");
}
