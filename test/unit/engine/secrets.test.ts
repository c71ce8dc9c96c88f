import { describe, expect, it } from "vitest";
import { secret, SECRET, SIGNATURE_KEY } from "../../../src/engine/property/value";
import { seal, unseal } from "../../../src/engine/secrets/envelope";
import { newCrypter, openCrypter } from "../../../src/engine/secrets/passphrase";
import { Redactor } from "../../../src/engine/secrets/redactor";
import { SandstackError } from "../../../src/model/error";

const VECTOR = "v1:fozI5u6B030=:v1:F+6ZduKKd8G0/V7L:PGMFeIzwobWRKmEAzUdaQHqC5mMRIQ==";

describe("the passphrase", () => {
  it("opens what the Pulumi CLI has encrypted, and no other does", async () => {
    const crypter = await openCrypter("password", VECTOR);
    expect(crypter.decrypt(VECTOR.split(":").slice(2).join(":"))).toBe("pulumi");
    expect(crypter.state).toBe(VECTOR);
    await expect(openCrypter("Password", VECTOR)).rejects.toMatchObject({ code: "BAD_PASSPHRASE" });
    await expect(openCrypter("", VECTOR)).rejects.toMatchObject({ code: "BAD_PASSPHRASE" });
  });
  it("of a new stack is opened by the same one", async () => {
    const made = await newCrypter("mine");
    expect(made.state).toMatch(/^v1:[A-Za-z0-9+/]{11}=:v1:[A-Za-z0-9+/]{16}:[A-Za-z0-9+/]+=*$/);
    const text = made.encrypt("ümläut");
    expect(made.encrypt("ümläut")).not.toBe(text);
    expect((await openCrypter("mine", made.state)).decrypt(text)).toBe("ümläut");
  });
  it.each(["", "v2:x:v1:a:b", "v1:x", "nonsense"])("does not open %j", async (state) => {
    await expect(openCrypter("password", state)).rejects.toMatchObject({ code: "CORRUPT" });
  });
  it("finds out what was changed", async () => {
    const crypter = await openCrypter("password", VECTOR);
    const text = crypter.encrypt("x");
    expect(() => crypter.decrypt(text.replace(/.$/, "A"))).toThrow(SandstackError);
    expect(() => crypter.decrypt("v1:abc")).toThrow(SandstackError);
  });
});

describe("the envelope", () => {
  const plain = { encrypt: (text: string) => `<${text}>`, decrypt: (text: string) => text.slice(1, -1) };
  it("holds the value's JSON; what is secret inside it is only marked", () => {
    const value = { a: secret({ b: [secret(1)] }), c: [secret("x")], d: 1 };
    const inner = JSON.stringify({ b: [{ [SIGNATURE_KEY]: SECRET, ciphertext: "1" }] });
    const sealed = {
      a: { [SIGNATURE_KEY]: SECRET, ciphertext: `<${inner}>` },
      c: [{ [SIGNATURE_KEY]: SECRET, ciphertext: '<"x">' }],
      d: 1,
    };
    expect(seal(value, plain)).toEqual(sealed);
    expect(unseal(sealed, plain)).toEqual(value);
  });
  it("may be open, as in an exported state", () =>
    expect(unseal({ [SIGNATURE_KEY]: SECRET, plaintext: '"x"' }, plain)).toEqual(secret("x")));
  it("with nothing in it is told", () => expect(() => unseal({ [SIGNATURE_KEY]: SECRET }, plain)).toThrow("neither"));
});

describe("the redactor", () => {
  it("hides what is secret wherever it is quoted, and nothing else", () => {
    const redactor = new Redactor();
    redactor.learn({ a: secret({ password: "hunter22", short: "abc" }), b: "plain text" });
    expect(redactor.hide("hunter22 is not plain text, abc")).toBe("[secret] is not plain text, abc");
    const event = { event: "diagnostic", severity: "info", message: "got hunter22", urn: "urn:hunter22" } as const;
    expect(redactor.event(event)).toEqual({ ...event, message: "got [secret]" });
    const error = redactor.error(new SandstackError("INTERNAL", "hunter22", { cause: new Error("hunter22") }));
    expect([error.message, error.cause]).toEqual(["[secret]", undefined]);
  });
});
