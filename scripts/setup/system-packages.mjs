import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { compilerFor, hasProgram } from "./guest.mjs";
import { runQuietly } from "./run.mjs";

const START = [
  { name: "systemd-container", has: () => hasProgram("systemd-nspawn") },
  { name: "mmdebstrap", has: () => hasProgram("mmdebstrap") },
  { name: "gcc", has: () => hasProgram("gcc") },
  { name: "libc6-dev", has: hasStaticLibc },
  { name: "make", has: () => hasProgram("make") },
];
/** What `npm pack` compiles the guest with for the other processor. */
const CROSS =
  process.arch === "x64"
    ? { gcc: "gcc-aarch64-linux-gnu", libc: "libc6-dev-arm64-cross", folder: "/usr/aarch64-linux-gnu", arch: "arm64" }
    : { gcc: "gcc-x86-64-linux-gnu", libc: "libc6-dev-amd64-cross", folder: "/usr/x86_64-linux-gnu", arch: "x64" };
const TEST = [
  ...START,
  { name: CROSS.gcc, has: () => hasProgram(compilerFor(CROSS.arch)) },
  { name: CROSS.libc, has: () => existsSync(`${CROSS.folder}/lib/libc.a`) },
  { name: "debootstrap", has: () => hasProgram("debootstrap") || existsSync("/usr/sbin/debootstrap") },
  { name: "e2fsprogs", has: () => hasProgram("mkfs.ext4") || existsSync("/usr/sbin/mkfs.ext4") },
  { name: "faketime", has: () => hasProgram("faketime") },
  { name: "git", has: () => hasProgram("git") },
  { name: "python3", has: () => hasProgram("python3") },
  { name: "python3-pip", has: () => hasProgram("pip3") },
  { name: "xz-utils", has: () => hasProgram("xz") },
  { name: "zstd", has: () => hasProgram("zstd") },
  { name: "skopeo", has: () => hasProgram("skopeo") },
  { name: "umoci", has: () => hasProgram("umoci") },
  { name: "docker.io", has: () => hasProgram("dockerd") || existsSync("/usr/sbin/dockerd") },
  { name: "docker-registry", has: () => hasProgram("docker-registry") },
  { name: "iproute2", has: () => hasProgram("ip") || existsSync("/usr/sbin/ip") },
  { name: "openssl", has: () => hasProgram("openssl") },
];

/**
 * Sees to the system packages that `npm start` or `npm test` needs: installs them as root on Debian or Ubuntu, names them
 * elsewhere.
 * @param {"start" | "test"} purpose
 */
export async function installSystemPackages(purpose) {
  const missing = (purpose === "test" ? TEST : START).filter((one) => !one.has()).map((one) => one.name);
  if (missing.length === 0) return;
  if (!isDebianLike(readFileOr("/etc/os-release", ""))) {
    throw new Error(
      `Missing, by their names in Debian: ${missing.join(", ")}.\nInstall what your system calls them and try again.`,
    );
  }
  const install = ["apt-get", "install", "--yes", "--no-install-recommends", ...missing];
  if (process.getuid() !== 0) {
    throw new Error(`Missing: ${missing.join(", ")}. Run\n  sudo apt-get update && sudo ${install.join(" ")}`);
  }
  const options = { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
  const patience = ["-o", "DPkg::Lock::Timeout=120"];
  await runQuietly("reading the lists of packages", "apt-get", [...patience, "update"], options);
  await withoutServices(() =>
    runQuietly(`installing ${missing.join(", ")}`, install[0], [...patience, ...install.slice(1)], options),
  );
}

/** The tests start a Docker engine and a registry of their own; those of the packages are not to run on this machine. */
async function withoutServices(body) {
  const policy = "/usr/sbin/policy-rc.d";
  const ours = !existsSync(policy);
  if (ours) writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    await body();
  } finally {
    if (ours) rmSync(policy);
  }
}

/** Whether an /etc/os-release is Debian's, Ubuntu's or a descendant's. */
export function isDebianLike(osRelease) {
  const ids = [...osRelease.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)"?$/gm)].flatMap((match) => match[1].split(" "));
  return ids.includes("debian") || ids.includes("ubuntu");
}

function hasStaticLibc() {
  const { stdout } = spawnSync("gcc", ["-print-file-name=libc.a"], { encoding: "utf8" });
  return typeof stdout === "string" && stdout.startsWith("/");
}

function readFileOr(path, otherwise) {
  return existsSync(path) ? readFileSync(path, "utf8") : otherwise;
}
