import { execFileSync } from "node:child_process";
import { lstatSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openBuildSandbox } from "../../runtime/build-sandbox";
import { buildImage, cleanImageBuilds, defaultImage, verifyImage } from "../../src/images";
import { owned, collectGarbage } from "../../src/tiers";
import { defaultTestImage } from "../support/default-image";
import { leakCheckEachTest } from "../support/leak-check";
import { until } from "../support/until";
import { startBuilder } from "./builder";
import { everywhere, onTiers, useLayers } from "./layers";
import { storeContent, useOwnStore } from "./own-store";

leakCheckEachTest();
const { build } = useLayers();
const UUID = "cat /proc/sys/kernel/random/uuid";
const read = (root: string | undefined, path: string) => readFileSync(join(root as string, path), "utf8");

describe("a command of `run`", () => {
  it("runs as root on top of all below; what it writes is there on every tier", async () => {
    const image = await build({
      files: { "/opt/in": { text: "from below\n" } },
      run: [
        "id -u > /opt/out; cat /opt/in >> /opt/out; chown 1000:1000 /opt/out",
        ["/bin/cp", "-p", "/opt/out", "/opt/$x"],
      ],
    });
    const said = await onTiers(image, ["/bin/sh", "-c", "cat /opt/out '/opt/$x'; stat -c '%u %a' /opt/out"], "1000");
    expect(said["nspawn"]).toBe("0\nfrom below\n0\nfrom below\n1000 644\n");
    expect(said["chroot"]).toMatch(/^0\nfrom below\n0\nfrom below\n\d+ 644\n$/);
    expect(image.layers).toHaveLength(4);
  });

  it("removes, replaces and renames what is below, on every tier, and the layer knows it when it is read again", async () => {
    const below = "mkdir -p /opt/gone /opt/again /opt/moved; touch /opt/gone/a /opt/again/old /opt/moved/m /opt/file";
    const change =
      "rm -r /opt/gone /opt/file /opt/again; mkdir /opt/again; touch /opt/again/new; mv /opt/moved /opt/here";
    const image = await build({ run: [below, change] });
    expect(await onTiers(image, "cd /opt; find . | sort")).toEqual(
      everywhere("./again\n./again/new\n./here\n./here/m\n.\n".split("\n").sort().join("\n").trim() + "\n"),
    );
    expect(await verifyImage(image.digest)).toBe(true);
    rmSync(join(image.layers[0] as string, "opt/gone"));
    expect(await verifyImage(image.digest)).toBe(false);
  });

  it("that makes holes leaves them; 8 TiB of them are refused by the file's name, and take no disk", async () => {
    const image = await build({ run: ["truncate -s 1G /opt/holes; echo end >> /opt/holes"] });
    const { size, blocks } = lstatSync(join(image.layers[0] as string, "opt/holes"));
    expect(size).toBe(2 ** 30 + 4);
    expect(blocks * 512).toBeLessThan(1 << 20);
    await expect(build({ run: ["truncate -s 8T /opt/holes; echo end >> /opt/holes"] })).rejects.toMatchObject({
      code: "LIMIT",
      message: expect.stringMatching(/"\.\/opt\/holes" has 8796093022212 bytes/) as string,
    });
  });

  it("sees what an earlier one removed as gone, and may make it again", async () => {
    const image = await build({
      run: [
        "mkdir -p /opt/a; echo 1 > /opt/a/one",
        "rm -r /opt/a",
        "test ! -e /opt/a; mkdir /opt/a; echo 2 > /opt/a/two",
      ],
    });
    expect(await onTiers(image, "ls /opt/a")).toEqual(everywhere("two\n"));
  });

  it("leaves no trace of when and where: times, temporary files, logs, caches, bytecode", async () => {
    const image = await build({
      run: [
        [
          "mkdir -p /opt/__pycache__ /root/.cache /var/log/app; date > /opt/date; touch -d 2001-02-03 /opt/old",
          "for f in /tmp/t /var/tmp/t /run/t /root/.cache/c /var/log/l /var/cache/c; do echo x > $f; done",
          "printf '\\000\\000\\000\\000\\000\\000\\000\\000' > /opt/__pycache__/timed.pyc",
          "printf '\\000\\000\\000\\000\\001\\000\\000\\000' > /opt/__pycache__/hashed.pyc",
          "mkfifo /opt/pipe; ln /opt/old /opt/same",
        ].join("; "),
      ],
    });
    const layer = image.layers[0] as string;
    const found = execFileSync("find", [".", "-mindepth", "1", "-printf", "%P %TY-%Tm-%Td\n"], { cwd: layer });
    expect(found.toString().trim().split("\n").sort()).toEqual([
      "opt 2020-01-01",
      "opt/__pycache__ 2020-01-01",
      "opt/__pycache__/hashed.pyc 2020-01-01",
      "opt/date 2020-01-01",
      "opt/old 2001-02-03",
      "opt/pipe 2020-01-01",
      "opt/same 2001-02-03",
      "var 2020-01-01",
      "var/log 2020-01-01",
      "var/log/app 2020-01-01",
    ]);
    expect(lstatSync(join(layer, "opt/old")).nlink).toBe(2);
  });
});

describe("the layers of `run`", () => {
  it("are made again from the changed one on, and no others", async () => {
    const first = await build({ run: [`${UUID} > /a`, `${UUID} > /b`] });
    const [b, a] = [read(first.layers[0], "b"), read(first.layers[1], "a")];
    const second = await build({ run: [`${UUID} > /a`, `${UUID} > /b; true`, `${UUID} > /c`] });
    expect(read(second.layers[2], "a")).toBe(a);
    expect(read(second.layers[1], "b")).not.toBe(b);
    const third = await build({ run: [`${UUID} > /a; true`, `${UUID} > /b; true`] });
    expect(read(third.layers[1], "a")).not.toBe(a);
    expect(read(third.layers[0], "b")).not.toBe(read(second.layers[1], "b"));
    expect(third.layers[2]).toBe(first.layers[2]);
  });

  it("that are the same are one, in the upper place", async () => {
    const image = await build({ run: ["touch /a", "rm /a", "true", "touch /a", "exit 0"] });
    expect(image.layers).toHaveLength(4);
    expect(await onTiers(image, "ls -d /a")).toEqual(everywhere("/a\n"));
  });

  it("are made again when a file below is another, and not when only the time limit is", async () => {
    const run = [`${UUID} > /a`];
    const first = await build({ files: { "/f": { text: "1" } }, run });
    expect(await build({ files: { "/f": { text: "1" } }, run, runTimeout: "1m" })).toEqual(first);
    const second = await build({ files: { "/f": { text: "2" } }, run });
    expect(read(second.layers[0], "a")).not.toBe(read(first.layers[0], "a"));
    expect(second.layers[2]).toBe(first.layers[2]);
  });
});

describe("a build", () => {
  const servers: Server[] = [];
  afterEach(() => servers.splice(0).forEach((server) => server.close()));

  it("has no network: what this process reaches, a command does not", async () => {
    const addresses = [
      "127.0.0.1",
      ...Object.values(networkInterfaces())
        .flatMap((all) => all ?? [])
        .flatMap(({ address, family, internal }) => (family === "IPv4" && !internal ? [address] : [])),
    ];
    const server = createServer((socket) => socket.end()).listen(0, "0.0.0.0");
    servers.push(server);
    await new Promise((listening) => server.once("listening", listening));
    const { port } = server.address() as { port: number };
    const attempt = `
import socket
for address in ${JSON.stringify(addresses)}:
    try:
        socket.create_connection((address, ${port}), 2).close()
        print("reached", address)
    except OSError as error:
        print("failed", address)
`;
    const control = execFileSync("python3", ["-c", attempt], { encoding: "utf8" });
    expect(control).toBe(addresses.map((address) => `reached ${address}\n`).join(""));
    const image = await build({
      run: [["/bin/sh", "-c", 'python3 -c "$0" > /tried; cat /proc/net/dev > /devices', attempt]],
    });
    expect(read(image.layers[0], "tried")).toBe(addresses.map((address) => `failed ${address}\n`).join(""));
    expect(read(image.layers[0], "devices").match(/^ *(\w+):/gm)).toEqual([expect.stringMatching(/^ *lo:$/)]);
  });

  it("has no path of this machine", async () => {
    const canary = `/var/tmp/sandstack-canary-${process.pid}`;
    writeFileSync(canary, "seen");
    try {
      expect(execFileSync("sh", ["-c", `cat ${canary}`]).toString()).toBe("seen");
      const image = await build({
        run: [
          `for p in ${canary} /proc/1/root${canary} /proc/1/cwd${canary}; do cat $p || echo none; done > /saw 2>/dev/null; cat /proc/self/mountinfo > /mounts`,
        ],
      });
      expect(read(image.layers[0], "saw")).toBe("none\nnone\nnone\n");
      expect(read(image.layers[0], "mounts")).not.toMatch(/sandstack/);
    } finally {
      rmSync(canary);
    }
  });

  it("ends a command that takes too long, and not one that does not", async () => {
    await build({ run: ["sleep 0.2"], runTimeout: 5_000 });
    const began = performance.now();
    await expect(build({ run: ["sleep 0.2", "echo before; sleep 60"], runTimeout: 1_000 })).rejects.toMatchObject({
      code: "TIMEOUT",
      message: "run[1]: it was still running after 1s, and was ended.",
      hint: expect.stringMatching(/^runTimeout takes a longer time, such as "30m"\. The whole output is in /) as string,
      cause: "before",
    });
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  it("that fails says where and how, keeps the whole output, and does not spoil the next", async () => {
    const lines = "for i in $(seq 1 50); do echo line $i; done; echo no such thing >&2; exit 7";
    const error = await build({ run: ["true", lines] }).catch((thrown: unknown) => thrown as Error & { hint: string });
    expect(error).toMatchObject({ code: "BUILD_FAILED", message: "run[1]: it ended with exit code 7: no such thing" });
    const { cause, hint } = error as Error & { hint: string };
    expect(String(cause).split("\n")).toHaveLength(20);
    const log = /The whole output is in (.*)\.$/.exec(hint)?.[1] as string;
    expect(readFileSync(log, "utf8")).toMatch(
      /^run\[1\]: \/bin\/sh -lc [^]*line 1\nline 2\n[^]*line 50\nno such thing\n$/,
    );
    rmSync(log);
    expect(storeContent().unfinished).toEqual([]);
    expect((await build({ run: ["true", "touch /x"] })).layers).toHaveLength(3);
  });

  it.each<[string, readonly (string | readonly string[])[], RegExp]>([
    ["a program that is not there", [["/no/such"]], /^run\[0\]: .*\/no\/such/],
    ["a signal", ["kill -9 $$"], /^run\[0\]: it was ended by signal 9: \(no output\)$/],
  ])("that fails by %s says so", async (_, run, message) => {
    await expect(build({ run })).rejects.toMatchObject({
      code: "BUILD_FAILED",
      message: expect.stringMatching(message) as string,
    });
  });

  it("tells which command it is at, and the last that it wrote", async () => {
    const told: string[] = [];
    await build({ run: ["echo one", "echo two; sleep 0.1"] }, ({ step, detail }) => told.push(`${step}: ${detail}`));
    expect(told).toContain("run[0]: one");
    expect(told).toContain("run[1]: two");
  });

  it("keeps what its commands wrote beside the layer", async () => {
    const image = await build({ run: ["echo said"] });
    expect(read(image.layers[0], "../build.log")).toBe("run[0]: /bin/sh -lc echo said\nsaid\n");
  });

  it("that is killed leaves no sandbox, and its files go with the next cleaning", async () => {
    const builder = startBuilder({ ...defaultImage(), run: ["touch /begun; sleep 60"] });
    await builder.reached("run[0]");
    await until("its sandbox runs", 5_000, () => owned().some(({ kind }) => kind === "process"));
    builder.child.kill("SIGKILL");
    await builder.ended;
    await until("its sandbox is gone", 5_000, () => owned().length === 0);
    await cleanImageBuilds();
    await collectGarbage();
    expect(owned()).toEqual([]);
    expect(storeContent().unfinished).toEqual([]);
  });

  it("that is aborted leaves nothing", async () => {
    const builder = new AbortController();
    const onProgress = ({ step }: { step: string }) => void (step === "run[0]" && builder.abort());
    const args = { ...defaultImage(), run: ["sleep 60"] };
    await expect(
      buildImage(args, { sandbox: openBuildSandbox, onProgress, signal: builder.signal }),
    ).rejects.toMatchObject({ code: "ABORTED" });
    expect(owned()).toEqual([]);
    expect(storeContent().unfinished).toEqual([]);
  });
});

describe("in two stores", () => {
  const run = ["mkdir /opt/x; date > /dev/null; mktemp; echo stays > /opt/x/y; rm -r /usr/share/misc"];
  let rootfs: string;
  let first: string | undefined;
  // As much of Debian as these commands need: a copy of all would take long.
  beforeAll(async () => {
    const all = (await defaultTestImage()).layers[0] as string;
    rootfs = mkdtempSync("/var/tmp/sandstack-small-");
    const parts = [
      "bin",
      "lib*",
      "usr/lib*/ld-*",
      "etc/passwd",
      "usr/bin",
      "usr/share/misc",
      "usr/lib/*-linux-gnu/*.so.*",
    ];
    execFileSync("sh", ["-c", `cp -a --parents ${parts.join(" ")} "$0"`, rootfs], { cwd: all });
  });
  afterAll(() => rmSync(rootfs, { recursive: true }));
  useOwnStore();

  it.each([1, 2])("the same declaration gives the same digest (%i)", async () => {
    const { digest } = await build({ from: { rootfs }, packages: [], run });
    first ??= digest;
    expect(digest).toBe(first);
  });
});
