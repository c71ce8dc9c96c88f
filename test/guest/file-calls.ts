import { FieldWriter, type Fields } from "../../src/model/fields";
import { Tag, Type, Verb, WriteFlag } from "../../src/model/protocol";
import type { RawClient, RawStream } from "./client";
import { run, TestGuest, type TestTier } from "./harness";

/** More than a window, so that it takes several turns. */
export const BIG = Buffer.alloc(1_000_000, "0123456789abcdef\n");

export async function start(tier: TestTier): Promise<{ guest: TestGuest; client: RawClient }> {
  const guest = await TestGuest.start({ tier });
  return { guest, client: await guest.connect() };
}

/** What a shell's script says. */
export async function sh(client: RawClient, script: string): Promise<string> {
  return (await run(client, ["/bin/sh", "-c", script])).out;
}

/** The field PATH; as bytes where it is no UTF-8. */
export function at(path: string | Buffer): FieldWriter {
  return new FieldWriter().bytes(Tag.PATH, Buffer.from(path));
}

export async function readFile(client: RawClient, path: string | Buffer, fields = at(path)): Promise<string> {
  const stream = client.open(Verb.READ, fields);
  await stream.end();
  return stream.out.toString("latin1");
}

export interface WriteOptions {
  mode?: number;
  user?: string;
  append?: boolean;
}

export function openWrite(client: RawClient, path: string, options: WriteOptions = {}): RawStream {
  const fields = at(path).number(Tag.MODE, options.mode).text(Tag.USER, options.user);
  return client.open(Verb.WRITE, options.append ? fields.number(Tag.FLAGS, WriteFlag.APPEND) : fields);
}

/** Writes a file and gives the SIZE of its END. */
export async function writeFile(
  client: RawClient,
  path: string,
  data: string | Buffer,
  options?: WriteOptions,
): Promise<number | undefined> {
  return (await sendTo(openWrite(client, path, options), data)).number(Tag.SIZE);
}

export async function sendTo(stream: RawStream, data: string | Buffer): Promise<Fields> {
  await stream.sendAll(Buffer.from(data));
  stream.send(Type.EOF);
  return stream.end();
}

export async function list(client: RawClient, path: string, depth?: number): Promise<Fields[]> {
  const stream = client.open(Verb.LIST, at(path).number(Tag.DEPTH, depth));
  await stream.end();
  return stream.events.flatMap((event) => event.nested(Tag.ENTRY));
}

export async function stat(client: RawClient, path: string, flags?: number): Promise<Fields> {
  return client.open(Verb.STAT, at(path).number(Tag.FLAGS, flags)).end();
}

export function call(client: RawClient, verb: number, path: string, target?: string): Promise<Fields> {
  return client.open(verb, at(path).text(Tag.TARGET, target)).end();
}

/** The code of the error that a call ends with; "none" if it went well. */
export async function codeOf(result: Promise<unknown>): Promise<string> {
  try {
    await result;
    return "none";
  } catch (error) {
    return /^[A-Z_]+/.exec((error as Error).message)?.[0] ?? String(error);
  }
}

/** Unpacks an archive and gives the SIZE of its END. */
export async function unpack(client: RawClient, archive: Buffer, path = "/tmp/in"): Promise<number | undefined> {
  return (await sendTo(client.open(Verb.TAR_IN, at(path)), archive)).number(Tag.SIZE);
}
