import { totalmem } from "node:os";
import { describe, expect, it } from "vitest";
import { checkTimeout } from "../../../runtime/commands/run-options";
import { formatEnvs } from "../../../src/model/envs";
import { parseOptions } from "../../../runtime/options";
import { argvOf } from "../../../src/model/argv";
import { SandstackError } from "../../../src/model/error";

function errorOf(call: () => unknown): SandstackError {
  try {
    call();
  } catch (error) {
    return error as SandstackError;
  }
  throw new Error("nothing was thrown");
}

describe("the options of Sandbox.create", () => {
  it("have defaults", () => {
    expect(parseOptions({})).toEqual({
      tier: "nspawn",
      image: undefined,
      snapshot: undefined,
      name: undefined,
      ttlMs: 300_000,
      task: undefined,
      limits: { cpus: undefined, memory: Math.floor(totalmem() / 2), processes: 512, disk: undefined },
      network: "none",
      user: undefined,
      group: undefined,
      endWithProcess: false,
    });
  });

  it("are parsed", () => {
    const limits = { cpus: 0.5, memory: "512MiB", processes: 128, disk: 1 << 30 };
    const given = {
      tier: "chroot",
      ttl: "1h30m",
      limits,
      network: "host",
      task: "make test",
      snapshot: "snap-x",
    } as const;
    expect(parseOptions(given)).toMatchObject({
      tier: "chroot",
      ttlMs: 5_400_000,
      limits: { cpus: 0.5, memory: 512 << 20, processes: 128, disk: 1 << 30 },
      network: "host",
      task: ["/bin/sh", "-lc", "make test"],
      snapshot: "snap-x",
    });
  });

  it.each<[string, object, string, string]>([
    [
      "an unknown tier",
      { tier: "vmware" },
      'tier: "vmware" is not valid.',
      "tier takes one of chroot, nspawn, docker.",
    ],
    [
      "a tier with a capital",
      { tier: "Chroot" },
      'tier: "Chroot" is not valid.',
      "tier takes one of chroot, nspawn, docker.",
    ],
    ["ttl zero", { ttl: 0 }, "ttl: 0 is not valid.", "above zero"],
    ["a negative ttl", { ttl: "-5m" }, 'ttl: "-5m" is not valid.', "above zero"],
    ["ttl soon", { ttl: "soon" }, 'ttl: "soon" is not valid.', '"15m"'],
    ["memory lots", { limits: { memory: "lots" } }, 'limits.memory: "lots" is not valid.', '"512MiB"'],
    ["a disk of nothing", { limits: { disk: 0 } }, "limits.disk: 0 is not valid.", "above zero"],
    ["half a process", { limits: { processes: 0.5 } }, "limits.processes: 0.5 is not valid.", "whole number"],
    ["no processor", { limits: { cpus: 0 } }, "limits.cpus: 0 is not valid.", "0.5"],
    ["processors as text", { limits: { cpus: "2" } }, 'limits.cpus: "2" is not valid.', "number of processors"],
    ["a network of ours", { network: "bridge" }, 'network: "bridge" is not valid.', '"none"'],
    ["no user", { user: "" }, 'user: "" is not valid.', "/etc/passwd"],
    ["a user with a colon", { user: "a:b" }, 'user: "a:b" is not valid.', "/etc/passwd"],
    ["an image that is a number", { image: 7 }, "image: 7 is not valid.", "digest"],
    ["a task without a word", { task: [] }, "task: [] is not valid.", "at least one string"],
    ["image and snapshot", { image: "a", snapshot: "snap-1" }, "image: given together with snapshot.", "one of them"],
    ["E2B's timeoutMs", { timeoutMs: 1 }, "timeoutMs: there is no such option.", "ttl"],
    ["a limit that is none", { limits: { ram: 1 } }, "limits.ram: there is no such option.", "limits.memory"],
  ])("are refused: %s", (_, options, message, hint) => {
    const error = errorOf(() => parseOptions(options));
    expect(error).toMatchObject({ code: "INVALID_OPTION", message });
    expect(error.hint).toContain(hint);
  });

  it.each([
    [{ tier: "chroot", user: "root" }, "USER_REFUSED", "nspawn"],
    [{ tier: "chroot", user: "0" }, "USER_REFUSED", "nspawn"],
    [{ tier: "nspawn", network: "host" }, "UNSUPPORTED", "chroot"],
  ] as const)("%j are refused with the nearest tier that can", (options, code, nearest) => {
    const error = errorOf(() => parseOptions(options));
    expect(error.code).toBe(code);
    expect(error.hint).toContain(nearest);
  });
});

describe("environment", () => {
  it("goes as NAME=value", () => {
    expect(formatEnvs({ A: "1", "B.c": "x=y", EMPTY: "" })).toEqual(["A=1", "B.c=x=y", "EMPTY="]);
  });

  it.each([
    [{ "": "secret" }, '""'],
    [{ "A=B": "secret" }, '"A=B"'],
    [{ A: "secret\0" }, '"A"'],
    [{ A: 5 }, '"A" is a number'],
  ])("is refused without showing a value: %j", (envs, named) => {
    const error = errorOf(() => formatEnvs(envs as Record<string, string>));
    expect(error.code).toBe("INVALID_OPTION");
    expect(error.message).toContain(named);
    expect(error.message + error.hint).not.toContain("secret");
  });
});

describe("a command's", () => {
  it("line runs in a login shell, and an array as it is", () => {
    expect(argvOf("echo $HOME")).toEqual(["/bin/sh", "-lc", "echo $HOME"]);
    expect(argvOf(["echo", "$HOME"])).toEqual(["echo", "$HOME"]);
  });

  it.each([[[]], [["a", 1]], [undefined], [{}]])("argv is refused: %j", (cmd) => {
    expect(errorOf(() => argvOf(cmd as never)).code).toBe("INVALID_OPTION");
  });

  it("timeout is 60 s, 0 for none, and never NaN or negative", () => {
    expect([checkTimeout(undefined), checkTimeout(0), checkTimeout(1.4)]).toEqual([60_000, 0, 1]);
    for (const wrong of [-1, Number.NaN, Infinity])
      expect(errorOf(() => checkTimeout(wrong)).message).toContain("timeoutMs");
  });
});
