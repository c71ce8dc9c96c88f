import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** sha256 of a file's content, in hex. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) hash.update(piece);
  return hash.digest("hex");
}
