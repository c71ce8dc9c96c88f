import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Sandbox, type CommandHandle, type WatchHandle } from "../../runtime";
import { FieldWriter } from "../../src/model/fields";
import { Tag, Type } from "../../src/model/protocol";
import { FakeGuest } from "./fake-guest";
import { publicMethods } from "./public-methods";

// Every public method of the runtime: what it refuses, before anything is sent. A guest that answers nothing shows what was.

type Options = Record<string, unknown>;
interface Call {
  /** Calls it rightly but for its options. */
  with: (options: never) => unknown;
  /** Names of its options, besides `signal`. */
  takes?: readonly string[];
  /** Calls with an argument of a wrong type, each with the name that the error says. */
  wrong?: Readonly<Record<string, () => unknown>>;
}

const OUTPUTS = ["onStdout", "onStderr", "stdout", "stderr", "reject"];
const PLACE = ["cwd", "envs", "user", "timeoutMs"];
const SIZE = { cols: 80, rows: 24 };
const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const any = (value: unknown) => value as never;

let guest: FakeGuest;
let sandbox: Sandbox;
let handle: CommandHandle;
let watch: WatchHandle;

beforeAll(async () => {
  guest = await FakeGuest.start((it, frame) => {
    if (frame.type === Type.HELLO) it.hello();
    // Commands and watches begin, and nothing ever comes of them.
    if (frame.type === Type.OPEN) it.send(Type.REPLY, frame.stream, 0, new FieldWriter().number(Tag.PID, 7).finish());
  });
  sandbox = await Sandbox.connect(guest.connection);
  handle = await sandbox.commands.run(["true"], { background: true });
  watch = await sandbox.files.watchDir("/tmp", () => {});
});
afterAll(() => {
  handle.wait().catch(() => {});
  sandbox.disconnect();
  guest.stop();
});
beforeEach(() => void guest.frames.splice(0));

const CALLS: Readonly<Record<string, Readonly<Record<string, Call>>>> = {
  "Sandbox (static)": {
    create: {
      with: (o: Options) => Sandbox.create(o),
      takes: [
        ...["tier", "image", "snapshot", "name", "ttl", "task", "limits", "network", "user", "envs", "group"],
        ...["docker", "endWithProcess", "onProgress"],
      ],
    },
    connect: {
      with: (o: Options) => Sandbox.connect(guest.connection, o),
      takes: ["envs"],
      wrong: { connection: () => Sandbox.connect(any(5)), sandbox: () => Sandbox.connect("") },
    },
    list: { with: (o: Options) => Sandbox.list(o) },
    result: {
      with: (o: Options) => Sandbox.result(guest.connection, o),
      wrong: { connection: () => Sandbox.result(any(5)), sandbox: () => Sandbox.result("") },
    },
    kill: {
      with: (o: Options) => Sandbox.kill(guest.connection, o),
      wrong: { connection: () => Sandbox.kill(any(null)), sandbox: () => Sandbox.kill("") },
    },
  },
  Sandbox: {
    result: { with: (o: Options) => sandbox.result(o) },
    kill: { with: (o: Options) => sandbox.kill(o) },
    setTimeout: {
      with: (o: Options) => sandbox.setTimeout("5m", o),
      wrong: { timeout: () => sandbox.setTimeout("soon") },
    },
    isRunning: { with: (o: Options) => sandbox.isRunning(o) },
    getInfo: { with: (o: Options) => sandbox.getInfo(o) },
    getMetrics: { with: (o: Options) => sandbox.getMetrics(o) },
    createSnapshot: { with: (o: Options) => sandbox.createSnapshot(o), takes: ["description", "keep"] },
    rollback: {
      with: (o: Options) => sandbox.rollback("snap-x", o),
      wrong: { snapshot: () => sandbox.rollback(any(5)) },
    },
    getHost: { with: (o: Options) => sandbox.getHost(80, o), wrong: { port: () => sandbox.getHost(any("80")) } },
  },
  Commands: {
    run: {
      with: (o: Options) => sandbox.commands.run("true", o),
      takes: [...PLACE, ...OUTPUTS, "background", "stdin"],
      wrong: {
        cmd: () => sandbox.commands.run(any(5)),
        "cmd[1]": () => sandbox.commands.run(["echo", any(1)]),
        "cmd[0]": () => sandbox.commands.run([""]),
        "cmd[2]": () => sandbox.commands.run(["echo", "whole", "half \ud83d"]),
      },
    },
    list: { with: (o: Options) => sandbox.commands.list(o) },
    kill: { with: (o: Options) => sandbox.commands.kill(7, o), wrong: { pid: () => sandbox.commands.kill(any("7")) } },
    sendStdin: {
      with: (o: Options) => sandbox.commands.sendStdin(7, "x", o),
      wrong: {
        pid: () => sandbox.commands.sendStdin(0, "x"),
        data: () => sandbox.commands.sendStdin(7, any([104, 105])),
      },
    },
    closeStdin: {
      with: (o: Options) => sandbox.commands.closeStdin(7, o),
      wrong: { pid: () => sandbox.commands.closeStdin(1.5) },
    },
    connect: {
      with: (o: Options) => sandbox.commands.connect(7, o),
      takes: OUTPUTS,
      wrong: { pid: () => sandbox.commands.connect(-1) },
    },
  },
  CommandHandle: {
    wait: { with: (o: Options) => handle.wait(o) },
    kill: { with: (o: Options) => handle.kill(o) },
    sendStdin: {
      with: (o: Options) => handle.sendStdin("x", o),
      wrong: { data: () => handle.sendStdin(any(undefined)) },
    },
    closeStdin: { with: (o: Options) => handle.closeStdin(o) },
  },
  Files: {
    read: {
      with: (o: never) => sandbox.files.read("/f", o),
      takes: ["format"],
      wrong: { path: () => sandbox.files.read(any(undefined)) },
    },
    write: {
      with: (o: Options) => sandbox.files.write("/f", "x", o),
      takes: ["user", "mode"],
      wrong: {
        path: () => sandbox.files.write("half \ud83d", "x"),
        data: () => sandbox.files.write("/f", any([104, 105])),
        "files[1].path": () => sandbox.files.write([{ path: "/a", data: "x" }, any({ a: 1 })]),
        "files[0].data": () => sandbox.files.write([{ path: "/a", data: any(null) }]),
      },
    },
    list: {
      with: (o: Options) => sandbox.files.list("/d", o),
      takes: ["depth"],
      wrong: {
        path: () => sandbox.files.list(""),
        depth: () => sandbox.files.list("/d", { depth: -1 }),
      },
    },
    exists: {
      with: (o: Options) => sandbox.files.exists("/f", o),
      wrong: { path: () => sandbox.files.exists("a\0b") },
    },
    getInfo: { with: (o: Options) => sandbox.files.getInfo("/f", o), wrong: { path: () => sandbox.files.getInfo("") } },
    remove: {
      with: (o: Options) => sandbox.files.remove("/f", o),
      wrong: { path: () => sandbox.files.remove(any(0)) },
    },
    rename: {
      with: (o: Options) => sandbox.files.rename("/f", "/g", o),
      wrong: {
        oldPath: () => sandbox.files.rename(any(null), "/g"),
        newPath: () => sandbox.files.rename("/f", any(null)),
      },
    },
    makeDir: {
      with: (o: Options) => sandbox.files.makeDir("/d", o),
      takes: ["user", "mode"],
      wrong: { path: () => sandbox.files.makeDir(any({})) },
    },
    watchDir: {
      with: (o: Options) => sandbox.files.watchDir("/d", () => {}, o),
      takes: ["recursive", "onExit"],
      wrong: {
        path: () => sandbox.files.watchDir(any(1), () => {}),
        onEvent: () => sandbox.files.watchDir("/d", any(1)),
      },
    },
    copyIn: {
      with: (o: Options) => sandbox.files.copyIn("/etc/hostname", "/f", o),
      takes: ["user"],
      wrong: {
        local: () => sandbox.files.copyIn(any(1), "/f"),
        path: () => sandbox.files.copyIn("/etc/hostname", any(1)),
      },
    },
    copyOut: {
      with: (o: Options) => sandbox.files.copyOut("/f", "/nowhere/f", o),
      wrong: {
        path: () => sandbox.files.copyOut(any(1), "/nowhere/f"),
        local: () => sandbox.files.copyOut("/f", ""),
      },
    },
  },
  Pty: {
    create: {
      with: (o: unknown) => sandbox.pty.create(any(isObject(o) ? { ...SIZE, ...o } : o)),
      takes: [...PLACE, "cols", "rows", "onData", "cmd", "background"],
      wrong: { options: () => sandbox.pty.create(any(undefined)), cols: () => sandbox.pty.create(any({})) },
    },
    connect: {
      with: (o: Options) => sandbox.pty.connect(7, o),
      takes: ["onData"],
      wrong: { pid: () => sandbox.pty.connect(any("7")) },
    },
    sendInput: {
      with: (o: Options) => sandbox.pty.sendInput(7, "x", o),
      wrong: { data: () => sandbox.pty.sendInput(7, any({})) },
    },
    resize: {
      with: (o: Options) => sandbox.pty.resize(7, SIZE, o),
      wrong: {
        size: () => sandbox.pty.resize(7, any(5)),
        rows: () => sandbox.pty.resize(7, { cols: 80, rows: 0 }),
        cols: () => sandbox.pty.resize(7, any({})),
      },
    },
    kill: { with: (o: Options) => sandbox.pty.kill(7, o), wrong: { pid: () => sandbox.pty.kill(Number.NaN) } },
  },
};

/** Public too, and takes nothing. */
const BARE = ["Sandbox.disconnect", "CommandHandle.disconnect", "WatchHandle.stop"];
it("stand in the table below, all of them", () => {
  const rows = Object.entries(CALLS).flatMap(([of, calls]) => Object.keys(calls).map((name) => `${of}.${name}`));
  expect([...rows, ...BARE].sort()).toEqual(publicMethods(sandbox, handle, watch));
});

const ROWS = Object.entries(CALLS).flatMap(([of, calls]) =>
  Object.entries(calls).map(([name, call]) => ({ name: `${of}.${name}`, call })),
);

describe.each(ROWS)("$name", ({ call: { with: call, takes = [], wrong = {} } }) => {
  const refusal = async (body: () => unknown) => {
    // A method may throw or reject; either way nothing has been sent.
    const error: unknown = await Promise.resolve()
      .then(body)
      .then(
        () => new Error("nothing was refused"),
        (thrown: unknown) => thrown,
      );
    expect(guest.of(Type.OPEN)).toEqual([]);
    return error as { code: string; message: string; hint?: string };
  };

  it("refuses an option that there is not, and says which there are", async () => {
    const { code, message, hint } = await refusal(() => call(any({ nosuch: 1 })));
    expect({ code, message }).toEqual({ code: "INVALID_OPTION", message: "nosuch: there is no such option." });
    for (const name of [...takes, "signal"]) expect(hint).toContain(name);
  });

  for (const name of takes) {
    it(`refuses ${name} with a value of another type`, async () => {
      const { code, message } = await refusal(() => call(any({ [name]: Symbol("odd") })));
      expect(code).toBe("INVALID_OPTION");
      expect(message.slice(0, name.length + 1)).toBe(`${name}:`);
    });
  }

  it("refuses options that are none", async () => {
    for (const odd of [5, "x", [], null]) {
      expect((await refusal(() => call(any(odd)))).code).toBe("INVALID_OPTION");
    }
  });

  it("refuses a signal that is none", async () => {
    expect((await refusal(() => call(any({ signal: {} })))).message).toMatch(/^signal: an object is not valid/);
  });

  it("does nothing where the signal is aborted already", async () => {
    expect((await refusal(() => call(any({ signal: AbortSignal.abort() })))).code).toBe("ABORTED");
  });

  it.each(Object.entries(wrong))("refuses a wrong %s", async (name, body) => {
    const { code, message } = await refusal(body);
    expect(code).toBe("INVALID_OPTION");
    expect(message.slice(0, name.length + 1)).toBe(`${name}:`);
  });
});
