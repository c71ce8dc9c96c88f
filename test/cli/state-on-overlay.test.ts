import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeShellRootfs } from "../images/shell-rootfs";
import { leakCheckEachTest } from "../support/leak-check";
import { readLedgerId } from "../../src/tiers/ledger/ledger-id";
import { dropLedger } from "../../src/tiers/ledger/ledger-index";
import { unmount } from "../support/unmount";
import { sandstack } from "./cli";

// A state directory on a file system whose files can't be shown with other user ids, as the root of most containers is.
// Not proven: other file systems that can't.

leakCheckEachTest();

let folder: string;
beforeEach(() => {
  folder = mkdtempSync("/var/tmp/sandstack-overlay-");
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=256m", "tmpfs", folder]);
  for (const name of ["lower", "upper", "work", "merged", "plain"]) mkdirSync(join(folder, name));
  makeShellRootfs(join(folder, "rootfs"));
  const options = ["lower", "upper", "work"].map((name) => `${name}dir=${join(folder, name)}`).join(",");
  execFileSync("mount", ["-t", "overlay", "-o", options, "overlay", join(folder, "merged")]);
});
afterEach(async () => {
  for (const name of ["merged", "plain"]) {
    const ledger = readLedgerId(join(folder, name));
    if (ledger !== undefined) dropLedger(ledger);
  }
  await unmount(join(folder, "merged"));
  await unmount(folder);
  rmSync(folder, { recursive: true });
});

const HOW =
  "directory on ext4, xfs, btrfs or tmpfs; in a container that is a volume, such as --volume sandstack:/var/lib/sandstack";

test("doctor and run say that it can't be there and what helps, and a directory beside it is well", async () => {
  const args = ["run", "--tier", "chroot", "--image", join(folder, "rootfs"), "--", "/bin/sh", "-c", "echo in"];
  const on = (name: string) => ({
    env: { SANDSTACK_STATE_DIR: join(folder, name), DOCKER_HOST: "unix:///nowhere" },
  });
  const merged = join(folder, "merged");
  expect(await sandstack(args, on("plain"))).toMatchObject({ code: 0, stdout: "in\n" });
  expect(await sandstack(args, on("merged"))).toMatchObject({
    code: 1,
    stdout: "",
    stderr:
      `sandstack: SANDSTACK_STATE_DIR: "${merged}" is on overlay, whose files can't be given other user ids.\n` +
      `Set SANDSTACK_STATE_DIR to a ${HOW}.\n`,
  });
  expect(await sandstack(["doctor"], on("plain"))).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("  chroot  ready\n  nspawn  ready\n") as string,
  });
  const { code, stdout } = await sandstack(["doctor"], on("merged"));
  const lacks = [
    "  not ready",
    `    needs a state directory whose files can be given other user ids: ${merged} is on overlay, which can't`,
    `      set SANDSTACK_STATE_DIR to a ${HOW}\n`,
  ].join("\n");
  expect(stdout).toContain(`  chroot${lacks}  nspawn${lacks}`);
  expect(code).toBe(1);
});
