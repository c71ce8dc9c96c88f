import { afterEach, describe, expect, it } from "vitest";
import { Sandbox, SandstackError } from "../../runtime";
import { GuestClient } from "../../runtime/guest/client";
import { openTransport } from "../../runtime/guest/transport";
import { Fields, FieldWriter } from "../../src/model/fields";
import { GuestFlag, MAX_PAYLOAD, Tag, Type, Verb } from "../../src/model/protocol";
import { FakeGuest } from "./fake-guest";

// The frames that a client sends of a request that does not fit a frame, and to whom. test/guest/requests.test.ts has a real guest.

let guest: FakeGuest;
afterEach(() => guest.stop());

const LARGE = ["echo", "x".repeat(MAX_PAYLOAD)];
const exit = (code: number) => new FieldWriter().number(Tag.EXIT_CODE, code).number(Tag.HOW, 0).finish();
const lost = new SandstackError("ENDED", "It is over.");

describe("requests", () => {
  it("larger than a frame are refused before anything is sent to a guest of commit 64eda15, and say so", async () => {
    // Its hello has the flag for holes alone.
    guest = await FakeGuest.start(
      (self, { type }) => type === Type.HELLO && self.hello("sbx-fakefakefake", GuestFlag.HOLES),
    );
    const sandbox = await Sandbox.connect(guest.connection);
    const message =
      /^A request of 65\d{3} bytes is too large for this sandbox, at most 65536 fit: an older version made it\.$/;
    for (const call of [sandbox.commands.run(LARGE), sandbox.pty.create({ cols: 80, rows: 24, cmd: LARGE })]) {
      await expect(call).rejects.toMatchObject({ code: "LIMIT", message: expect.stringMatching(message) as string });
    }
    expect(guest.of(Type.OPEN).concat(guest.of(Type.PART))).toEqual([]);
  });

  it("larger than a frame go out in several that nothing comes between, once the guest is known to take them", async () => {
    let greet = () => {};
    guest = await FakeGuest.start((self, { type, stream }) => {
      if (type === Type.HELLO) greet = () => self.hello("sbx-fakefakefake", GuestFlag.PARTS);
      if (type === Type.OPEN) self.send(Type.END, stream, 0, exit(0));
    });
    const client = new GuestClient(await openTransport(guest.connection), () => Promise.resolve(lost));
    const fields = new FieldWriter().texts(Tag.ARG, ["echo", ...Array<string>(4).fill("x".repeat(60_000))]);
    const large = client.request(Verb.SPAWN, fields);
    const small = client.request(Verb.INFO);
    await small;
    expect(guest.verbs()).toEqual([Verb.INFO]);
    greet();
    await large;
    const sent = guest.frames.filter(({ type }) => type === Type.OPEN || type === Type.PART).slice(1);
    expect(sent.map(({ type, stream }) => [type, stream])).toEqual([
      ...Array<number[]>(3).fill([Type.PART, 3]),
      [Type.OPEN, 3],
    ]);
    const whole = new Fields(Buffer.concat(sent.map(({ payload }) => payload)));
    expect(whole.texts(Tag.ARG)).toEqual(new Fields(fields.finish()).texts(Tag.ARG));
    client.close(lost);
  });

  it("of more than 2 MiB are refused before anything is sent", async () => {
    guest = await FakeGuest.start((self, { type }) => type === Type.HELLO && self.hello());
    const sandbox = await Sandbox.connect(guest.connection);
    const cmd = ["echo", ...Array<string>(17).fill("x".repeat(131_071))];
    await expect(sandbox.commands.run(cmd)).rejects.toMatchObject({
      code: "LIMIT",
      message: expect.stringMatching(/bytes is too large, at most 2097152 fit\.$/) as string,
    });
    expect(guest.of(Type.OPEN)).toEqual([]);
  });
});
