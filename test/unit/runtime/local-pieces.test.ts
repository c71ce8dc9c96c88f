import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { localPieces } from "../../../runtime/files/local-pieces";

const PIECE = 1 << 18;
const folder = mkdtempSync(join(tmpdir(), "sandstack-pieces-"));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(size: number): { path: string; bytes: Buffer } {
  const path = join(folder, String(size));
  // No two pieces of it are alike.
  const bytes = Buffer.from(Array.from({ length: size }, (_, at) => (at ^ (at >> 8) ^ (at >> 16)) & 0xff));
  writeFileSync(path, bytes);
  return { path, bytes };
}

describe("the pieces of a local file", () => {
  const sizes = [0, 1, PIECE - 1, PIECE, PIECE + 1, 7 * PIECE + 3];
  it.each(sizes)("are all of its %i bytes", async (size) => {
    const { path, bytes } = fileOf(size);
    const pieces: Buffer[] = [];
    for await (const piece of localPieces(path)) pieces.push(Buffer.from(piece));
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
    for (const piece of pieces.slice(0, -1)) expect(piece.length).toBe(PIECE);
  });

  it("stay as they are until the next but one is asked for", async () => {
    const { path, bytes } = fileOf(9 * PIECE);
    const held: Uint8Array[] = [];
    for await (const piece of localPieces(path)) {
      held.push(piece);
      await new Promise((resolve) => setTimeout(resolve, 20));
      const first = Math.max(0, held.length - 2) * PIECE;
      const last = held.length * PIECE;
      expect(Buffer.concat(held.slice(-2)).equals(bytes.subarray(first, last))).toBe(true);
    }
    expect(held).toHaveLength(9);
  });

  it("leave no open file when nobody wants more", async () => {
    const { path } = fileOf(5 * PIECE);
    for await (const piece of localPieces(path)) if (piece.length > 0) break;
    expect(openFiles()).not.toContain(path);
  });

  it("are an error where there is no file", async () => {
    await expect(localPieces(join(folder, "none")).next()).rejects.toMatchObject({ code: "ENOENT" });
  });
});

function openFiles(): string[] {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return [];
    }
  });
}
