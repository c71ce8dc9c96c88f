import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, linkSync, lutimesSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Image, ImageConfig } from "../../src/model/image";
import { withContext } from "../../src/images/context";
import { storeLayer } from "../../src/images/store/layer";
import { ensureStore } from "../../src/images/store/layout";
import { storeImage } from "../../src/images/store/manifest";
import { compileProbe } from "../support/probe";

const run = (...argv: string[]) => execFileSync(argv[0] as string, argv.slice(1));

/** Attributes that Node cannot write: `security.capability` of cap_net_raw+ep, and one of the user's with a zero in it. */
const ATTRIBUTES = `
import os, sys
os.setxattr(sys.argv[1], "user.note", b"kept \\0 \\xff whole")
os.setxattr(sys.argv[1], "security.capability", bytes.fromhex("0100000200200000000000000000000000000000"))
`;

/** A small root file system with all that is easily lost on the way. */
export function plantTree(tree: string): void {
  for (const name of ["bin", "etc", "opt/old", "opt/gone", "tmp", "dev"])
    mkdirSync(join(tree, name), { recursive: true });
  execFileSync("cp", [compileProbe(resolve("test/docker/hello.c")), join(tree, "bin/hello")]);
  chmodSync(join(tree, "bin/hello"), 0o755);
  writeFileSync(join(tree, "etc/owned"), "of somebody\n");
  chownSync(join(tree, "etc/owned"), 1234, 5678);
  chmodSync(join(tree, "etc/owned"), 0o4750);
  linkSync(join(tree, "etc/owned"), join(tree, "etc/owned too"));
  symlinkSync("../bin/hello", join(tree, "opt/link"));
  writeFileSync(join(tree, `opt/old/${"long ".repeat(30)}ü`), "x".repeat(70_000));
  writeFileSync(join(tree, "opt/gone/file"), "hidden by the layer on top\n");
  writeFileSync(join(tree, "opt/whiteout"), "hidden too\n");
  run("python3", "-c", ATTRIBUTES, join(tree, "bin/hello"));
  run("mkfifo", "-m", "600", join(tree, "opt/fifo"));
  chmodSync(join(tree, "tmp"), 0o1777);
  chownSync(join(tree, "opt/old"), 3_000_000, 7);
  lutimesSync(join(tree, "opt/link"), 1_000_000_000, 1_000_000_000.25);
  settleTimes(tree);
}

/** What lies on top: it hides, replaces and adds. */
function plantTop(tree: string): void {
  for (const name of ["opt/gone", "opt/old"]) mkdirSync(join(tree, name), { recursive: true });
  chownSync(join(tree, "opt/old"), 3_000_000, 7);
  writeFileSync(join(tree, "opt/gone/new"), "beside what is hidden\n");
  writeFileSync(join(tree, "opt/added"), "by the layer on top\n");
  run("mknod", "-m", "0", join(tree, "opt/whiteout"), "c", "0", "0");
  run(
    "python3",
    "-c",
    'import os, sys; os.setxattr(sys.argv[1], "trusted.overlay.opaque", b"y")',
    join(tree, "opt/gone"),
  );
  settleTimes(tree);
}

function settleTimes(tree: string): void {
  run("find", tree, "-not", "-name", "link", "-exec", "touch", "--no-dereference", "-d", "@1234567890.5", "{}", "+");
}

export const CONFIG: ImageConfig = { env: { PLACE: "the sandbox", EMPTY: "" }, user: "1234", cwd: "/opt" };

/** An image of two layers in the store, made by hand, so that it has what builds seldom make. */
export async function storeCarried(
  config: ImageConfig = CONFIG,
  more: (tree: string) => void = () => {},
): Promise<Image> {
  ensureStore();
  const layers = [];
  for (const plant of [plantTop, plantTree]) {
    layers.push(
      await withContext({}, async ({ work }) => {
        plant(work.tree);
        if (plant === plantTree) more(work.tree);
        return storeLayer(work);
      }),
    );
  }
  return storeImage("rootfs:carried", layers, config);
}
