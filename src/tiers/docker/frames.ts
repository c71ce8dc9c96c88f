const HEADER_BYTES = 8;

/** One piece of a container's stdout (1) or stderr (2), as an engine carries both over one stream. */
export interface Piece {
  stream: number;
  bytes: Buffer;
}

/** The whole pieces at the front of what has come, and the rest: each begins with its stream, three zeros and its length. */
export function splitFrames(bytes: Buffer): { pieces: Piece[]; rest: Buffer } {
  const pieces: Piece[] = [];
  let at = 0;
  while (bytes.length - at >= HEADER_BYTES) {
    const length = bytes.readUInt32BE(at + 4);
    if (bytes.length - at < HEADER_BYTES + length) break;
    pieces.push({
      stream: bytes[at] as number,
      bytes: bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length),
    });
    at += HEADER_BYTES + length;
  }
  return { pieces, rest: bytes.subarray(at) };
}

/** What a process wrote to one of its streams. */
export function joinStream(pieces: readonly Piece[], stream: number): Buffer {
  return Buffer.concat(pieces.filter((piece) => piece.stream === stream).map(({ bytes }) => bytes));
}

/** What it wrote to both, in one line for people. */
export function wordsOf(log: Buffer): string {
  const text = splitFrames(log).pieces.map(({ bytes }) => bytes.toString("utf8"));
  return text
    .join("")
    .replace(/[^\x20-\x7e]+/g, " ")
    .trim();
}
