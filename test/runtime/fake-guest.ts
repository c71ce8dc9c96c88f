import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeFrame, FrameDecoder, type Frame } from "../../runtime/guest/frames";
import { Fields, FieldWriter } from "../../src/model/fields";
import { Tag, Type } from "../../src/model/protocol";
import type { Connection } from "../../src/model/tier";

/** What answers in the place of a guest: wrongly, late, or with garbage, as no real one does. */
export class FakeGuest {
  readonly frames: Frame[] = [];
  socket: Socket | undefined;
  private readonly directory = mkdtempSync(join(tmpdir(), "sandstack-fake-"));
  private readonly server: Server;

  private constructor(private readonly answer: (guest: FakeGuest, frame: Frame) => void) {
    this.server = createServer((socket) => {
      const decoder = new FrameDecoder();
      this.socket = socket;
      socket.on("error", () => {});
      socket.on("data", (bytes) => {
        for (const frame of decoder.push(bytes)) {
          this.frames.push(frame);
          this.answer(this, frame);
        }
      });
    });
  }

  static async start(answer: (guest: FakeGuest, frame: Frame) => void): Promise<FakeGuest> {
    const guest = new FakeGuest(answer);
    await new Promise<void>((resolve) => guest.server.listen(guest.path, resolve));
    return guest;
  }

  get path(): string {
    return join(this.directory, "socket");
  }

  get connection(): Connection {
    return {
      version: 1,
      tier: "chroot",
      id: "sbx-fakefakefake",
      owner: "run:test",
      address: { kind: "unix", path: this.path },
    };
  }

  send(type: number, stream: number, channel = 0, payload?: Uint8Array): void {
    this.socket?.write(encodeFrame(type, stream, channel, payload));
  }

  hello(id = "sbx-fakefakefake", flags?: number): void {
    const fields = new FieldWriter().number(Tag.VERSION_MIN, 1).text(Tag.ID, id).number(Tag.FLAGS, flags);
    this.send(Type.HELLO, 0, 0, fields.finish());
  }

  /** The frames of one type so far. */
  of(type: number): Frame[] {
    return this.frames.filter((frame) => frame.type === type);
  }

  verbs(): (number | undefined)[] {
    return this.of(Type.OPEN).map(({ payload }) => new Fields(payload).number(Tag.VERB));
  }

  stop(): void {
    this.socket?.destroy();
    this.server.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
