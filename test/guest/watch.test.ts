import { describe, expect, test } from "vitest";
import { FieldWriter } from "../../src/model/fields";
import { EventKind, Tag, Type, Verb, WatchFlag } from "../../src/model/protocol";
import type { RawClient, RawStream } from "./client";
import { at, codeOf, writeFile } from "./file-calls";
import { eventually, pause, run, TestGuest, TIERS } from "./harness";

const sh = (client: RawClient, script: string): Promise<unknown> => run(client, ["/bin/sh", "-c", script]);

async function watch(client: RawClient, path: string, recursive = false): Promise<RawStream> {
  const stream = client.open(Verb.WATCH, at(path).number(Tag.FLAGS, recursive ? WatchFlag.RECURSIVE : 0));
  await stream.reply();
  return stream;
}

const KINDS = Object.fromEntries(Object.entries(EventKind).map(([name, number]) => [number, name.toLowerCase()]));
const told = (stream: RawStream): string[] =>
  stream.events.map((event) => `${KINDS[event.number(Tag.EVENT_KIND)!]} ${event.text(Tag.PATH)}`);
/** Waits until each of these was told. */
async function sees(stream: RawStream, ...events: string[]): Promise<void> {
  for (const event of events)
    await stream.until(() => told(stream).includes(event), `${event} in ${told(stream).join()}`);
}

describe.each(TIERS)("WATCH on %s", (tier) => {
  test("tells what happens in a directory, and not below it", async () => {
    const client = await (await TestGuest.start({ tier })).connect();
    await sh(client, "mkdir -p /tmp/w/below");
    const stream = await watch(client, "/tmp/w/");
    await sh(client, "cd /tmp/w; echo x > below/f; echo x > f; chmod 600 f; mv f g; rm g; mkdir d; rmdir d");
    await sees(stream, "remove /tmp/w/d");
    expect(told(stream).filter((event) => event !== "chmod /tmp/w/below")).toEqual([
      ...["create /tmp/w/f", "write /tmp/w/f", "chmod /tmp/w/f", "rename /tmp/w/f", "rename /tmp/w/g"],
      ...["remove /tmp/w/g", "create /tmp/w/d", "remove /tmp/w/d"],
    ]);
  });

  test("a recursive one follows directories that come, move and go", async () => {
    const client = await (await TestGuest.start({ tier })).connect();
    await sh(client, "mkdir -p /tmp/w/a/b /tmp/other/x/y");
    const stream = await watch(client, "/tmp/w", true);
    await sh(client, "cd /tmp/w; echo > a/b/f; mkdir -p new/er; echo > new/er/f; mv /tmp/other .");
    await sees(stream, "create /tmp/w/a/b/f", "create /tmp/w/new", "create /tmp/w/new/er", "create /tmp/w/new/er/f");
    await sees(stream, "rename /tmp/w/other", "create /tmp/w/other/x/y");
    await sh(client, "cd /tmp/w; echo > other/x/y/f; mv a c");
    await sees(stream, "write /tmp/w/other/x/y/f", "rename /tmp/w/c", "create /tmp/w/c/b/f");
    await sh(client, "cd /tmp/w; echo > c/b/g; mv c /tmp/away; echo > /tmp/away/b/unseen; touch last");
    await sees(stream, "create /tmp/w/c/b/g", "create /tmp/w/last");
    expect(told(stream).filter((event) => /unseen|away/.test(event))).toEqual([]);
  });

  test("a file that the guest writes is told once, by its own name", async () => {
    const client = await (await TestGuest.start({ tier })).connect();
    await sh(client, "mkdir /tmp/w");
    const stream = await watch(client, "/tmp/w", true);
    await writeFile(client, "/tmp/w/f", "x");
    await sees(stream, "write /tmp/w/f");
    await sh(client, "touch /tmp/w/last");
    await sees(stream, "create /tmp/w/last");
    expect(told(stream).filter((event) => !event.endsWith("/last"))).toEqual(["write /tmp/w/f"]);
  });

  test("does not go through links that are put in a directory's place", async () => {
    const client = await (await TestGuest.start({ tier })).connect();
    await sh(client, "mkdir /tmp/w /tmp/other");
    const stream = await watch(client, "/tmp/w", true);
    await sh(
      client,
      "cd /tmp/w; ln -s /tmp/other link; for i in 1 2 3 4 5 6 7 8 9; do mkdir d; rmdir d; ln -s /tmp/other d; rm d; done",
    );
    await sh(client, "touch /tmp/other/unseen; touch /tmp/w/last");
    await sees(stream, "create /tmp/w/last");
    expect(told(stream).filter((event) => event.includes("unseen"))).toEqual([]);
  });

  test("its directory's own end is told; RESET and a rollback end it", async () => {
    const guest = await TestGuest.start({ tier });
    const client = await guest.connect();
    await sh(client, "mkdir /tmp/w");
    const [gone, other] = [await watch(client, "/tmp/w"), await watch(client, "/tmp")];
    await sh(client, "rmdir /tmp/w");
    await sees(gone, "remove /tmp/w");
    gone.send(Type.RESET);
    await gone.end();
    await client.open(Verb.ROLLBACK, new FieldWriter().text(Tag.ID, "snap")).end();
    await expect(other.end()).rejects.toThrow(/^ROLLED_BACK/);
  });

  test("at rest it does not have a snapshot copy, and goes on after it; one that was moved has", async () => {
    const guest = await TestGuest.start({ tier });
    const client = await guest.connect();
    await sh(client, "mkdir -p /tmp/w/a/b");
    const stream = await watch(client, "/tmp/w", true);
    const snapshot = () => client.open(Verb.SNAPSHOT, new FieldWriter().text(Tag.ID, "snap")).end();
    const flags = () => guest.lines.flatMap((line) => /^snapshot flags=(\d)/.exec(line)?.[1] ?? []).join();
    await snapshot();
    await eventually(() => flags() === "0", "a new root");
    await sh(client, "touch /tmp/w/a/b/f; mkdir /tmp/w/c; touch /tmp/w/c/f; mv /tmp/w /tmp/moved");
    await sees(stream, "create /tmp/w/a/b/f", "create /tmp/w/c/f");
    await snapshot();
    await eventually(() => flags() === "0,2", "a copy");
    await sh(client, "touch /tmp/moved/a/g");
    await sees(stream, "create /tmp/w/a/g");
  });

  test("what is no directory is refused", async () => {
    const client = await (await TestGuest.start({ tier })).connect();
    expect(await codeOf(client.open(Verb.WATCH, at("/etc/passwd")).end())).toBe("NOT_A_DIRECTORY");
    expect(await codeOf(client.open(Verb.WATCH, at("/none")).end())).toBe("NOT_FOUND");
  });
});

describe("a WATCH that is too much", () => {
  test("more than 8,192 directories are refused, and the guest goes on", async () => {
    const client = await (await TestGuest.start()).connect();
    await sh(client, "mkdir /tmp/w; cd /tmp/w; seq 8200 | xargs mkdir");
    const stream = client.open(Verb.WATCH, at("/tmp/w").number(Tag.FLAGS, WatchFlag.RECURSIVE));
    expect(await codeOf(stream.end())).toBe("LIMIT");
    await watch(client, "/tmp/w");
  });

  test("events that a client does not take are lost, and it is told so", async () => {
    const guest = await TestGuest.start();
    const [deaf, client] = [await guest.connect(), await guest.connect()];
    await sh(client, "mkdir /tmp/w");
    const stream = await watch(deaf, "/tmp/w");
    deaf.socket.pause();
    const name = "n".repeat(200);
    await sh(client, `cd /tmp/w; seq -f '${name}%g' 60000 | xargs touch`);
    await pause(100);
    deaf.socket.resume();
    await eventually(() => told(stream).includes("overflow /tmp/w"), "told of the loss");
    await sh(client, "touch /tmp/w/last");
    await sees(stream, "create /tmp/w/last");
  });
});
