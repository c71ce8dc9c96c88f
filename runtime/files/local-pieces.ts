import { open } from "node:fs/promises";
import { INITIAL_WINDOW } from "../../src/model/protocol";

/** No smaller than what a stream has credit for: see below. */
const PIECE = INITIAL_WINDOW;
/** One that is being sent, one that may still be on its way, one that is being read into. */
const ROOMS = 3;

/**
 * The bytes of a file of this machine, for sendBody. Its pieces share a little memory that is used again and again: a new
 * piece of memory for each makes the collector run all the time, which took longer than the copy.
 *
 * Who asks for a piece has sent the one before, so what the guest did not give credit for yet is of that one, and the one
 * before it can be overwritten. Only the last piece is shorter than PIECE.
 */
export async function* localPieces(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path);
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
