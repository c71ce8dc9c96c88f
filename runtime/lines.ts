import { Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** A line that is longer is told in pieces. */
const MAX_LENGTH = 65_536;

/** Takes bytes, and tells lines of text. */
export class Lines extends Writable {
  private rest = "";
  private readonly decoder = new StringDecoder("utf8");

  constructor(private readonly onLine: (line: string) => void) {
    super();
  }

  override _write(bytes: Buffer, _: BufferEncoding, done: () => void): void {
    const lines = (this.rest + this.decoder.write(bytes)).split("\n");
    this.rest = lines.pop() as string;
    for (const line of lines) this.onLine(line);
    if (this.rest.length > MAX_LENGTH) this.tellRest();
    done();
  }

  /** The last line may have no end. */
  override _final(done: () => void): void {
    this.rest += this.decoder.end();
    if (this.rest !== "") this.tellRest();
    done();
  }

  private tellRest(): void {
    this.onLine(this.rest);
    this.rest = "";
  }
}
