import { describe, expect, it } from "vitest";
import { newMarker, withMarker } from "../faults/parts";
import { runControl } from "../isolation/control";
import { greedTakesFromAll, neighboursGoOn } from "../isolation/greedy";
import { expectSaid, hasDefaultLimits, isV1, sharesPages } from "../isolation/open";
import { openPlace, type Place } from "../isolation/place";
import {
  capsHold,
  crashesStayInside,
  DISK_TAKER,
  guestHolds,
  opened,
  probesAreBlocked,
  SOCKET_TAKERS,
  TAKERS,
  withFacts,
} from "../isolation/suites";
import { readVerdict } from "../isolation/verdict";
import { dockerScene } from "./docker-scene";

// The attacks of test/isolation on a container of a real engine, each with its positive control. Disk has no bound here,
// so that one is refused (sandbox.test.ts). Not proven: that a bug of the kernel or of the engine does not open one.

const PAGE = "docs/docker.md";

const scene = dockerScene();
const facts = withFacts();
const open = (limits = {}) => openPlace({ tier: "docker", user: "agent" }, { limits });

describe("docker as agent", () => {
  const place = opened(() => open());
  probesAreBlocked(facts, place, ["triggers in /proc/pressure"]);
  crashesStayInside(place, [
    (program) => scene.engine.docker(["exec", `sandstack-${place().sandbox.sandboxId}`, program]),
  ]);

  it("has no socket of an engine", async () => {
    const look =
      "ls -d /run/docker.sock /var/run/docker.sock /run/containerd 2>/dev/null; grep -c docker.sock /proc/self/mountinfo";
    expect((await place().sandbox.commands.run(look, { reject: false })).stdout).toBe("0\n");
  });

  it("has no vsock for who comes by docker exec either, whatever the bits are that the kernel does not look at", async () => {
    const box = `sandstack-${place().sandbox.sandboxId}`;
    const call = process.arch === "x64" ? 41 : 198;
    const ask = `for my $high (0, 1 << 32) { print syscall(${call}, $high | 40, 1, 0) < 0 ? "errno " . ($! + 0) : "open", "\\n" }`;
    const image = await scene.docker("inspect", "--format={{.Config.Image}}", box);
    const plain = ["run", "--rm", "--network=none", "--security-opt=seccomp=unconfined", image, "perl", "-e", ask];
    expect(await scene.docker(...plain)).toBe("open\nopen");
    expect(await scene.docker("exec", box, "perl", "-e", ask)).toBe("errno 97\nerrno 97");
  });

  it("answers ENOSYS to calls that nobody has judged, and lowers no bound on core files, for who comes by docker exec too", async () => {
    await place().put("unknown-calls");
    await place().put("core-limit");
    const box = `sandstack-${place().sandbox.sandboxId}`;
    for (const program of ["unknown-calls", "core-limit"]) {
      const { stdout } = await scene.engine.docker(["exec", box, place().path(program)]);
      expect(stdout).toMatch(/^BLOCKED (above the newest: Function not implemented|it stays at 1)\n$/);
    }
  });

  it("has nothing that outlives the sandbox", async () => {
    const marker = newMarker();
    await runControl("outlive", [marker], { control: "plain chroot" });
    withMarker(marker).forEach((pid) => process.kill(pid, "SIGKILL"));
    const other = await open();
    await other.run("outlive", [marker]);
    expect(withMarker(marker)).toHaveLength(1);
    await other.close();
    expect(withMarker(marker)).toEqual([]);
  });
});

describe("the guest in a container", () =>
  guestHolds(
    facts,
    opened(() => open()),
  ));

describe("of what the kernel counts", () => {
  greedTakesFromAll();
  neighboursGoOn(() => open());
});

describe("two containers", () => {
  const [one, other] = [opened(() => open()), opened(() => open())];
  sharesPages(one, other, PAGE);
  hasDefaultLimits(one, other, PAGE);
});

describe("a container with 100 processes and 64 MiB of memory cannot take", () => {
  const place = opened((): Promise<Place> => open({ processes: 100, memory: "64MiB" }));
  capsHold(place, isV1 ? TAKERS : [...TAKERS, ...SOCKET_TAKERS]);

  it.runIf(isV1).each(SOCKET_TAKERS)(
    "but, which docs say, on version 1 of cgroups: $what",
    async ({ program, args }) => {
      expect(readVerdict(await place().run(program, args))).toMatchObject({ succeeded: true });
      expectSaid(PAGE, /On version 1 of cgroups no engine bounds the buffers of sockets/);
    },
  );

  it(`${DISK_TAKER.what}: not bounded here, and refused when asked for`, async () => {
    await expect(open({ disk: "48MiB" })).rejects.toMatchObject({ code: "UNSUPPORTED" });
  });
});
