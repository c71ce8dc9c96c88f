import { open } from "node:fs/promises";
import { fsPath } from "../../src/model/byte-text";

const PIECE = 1 << 18;
/** One that is being sent, one that may still be on its way out of this process, one that is being read into. */
const ROOMS = 3;

/**
 * The bytes of a file of this machine, for sendBody. Its pieces share a little memory that is used again and again: a new
 * piece of memory for each makes the collector run all the time, which took longer than the copy.
 *
 * Who asks for the next piece is done with all but the last one, as GuestStream.write is.
 */
export async function* localPieces(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(fsPath(path));
  const rooms = Array.from({ length: ROOMS }, () => Buffer.allocUnsafeSlow(PIECE));
  const fill = async (room: Buffer): Promise<Buffer> => {
    let length = 0;
    for (let read = -1; read !== 0 && length < PIECE; length += read) {
      read = (await file.read(room, length, PIECE - length, null)).bytesRead;
    }
    return room.subarray(0, length);
  };
  const ahead = (turn: number): Promise<Buffer> => {
    const next = fill(rooms[turn % ROOMS] as Buffer);
    // It is looked at when its turn comes, if ever.
    next.catch(() => {});
    return next;
  };
  try {
    let next = ahead(0);
    for (let turn = 1; ; turn++) {
      const piece = await next;
      if (piece.length === 0) return;
      next = ahead(turn);
      yield piece;
    }
  } finally {
    // Not before a read that is under way has ended.
    await file.close();
  }
}
