import type { Row } from "./mistyped-usage";

// Values that are not what an option takes, and names of what is not there.

export const VALUES: readonly Row[] = [
  [
    ["run", "--tier", "nspwan", "--", "true"],
    2,
    '--tier: "nspwan" is not valid.',
    "--tier takes one of chroot, nspawn, docker.",
  ],
  [
    ["run", "--network", "bridge", "--", "true"],
    2,
    '--network: "bridge" is not valid.',
    "--network takes one of none, host.",
  ],
  [["completion", "csh"], 2, 'SHELL: "csh" is not valid.', "SHELL takes one of bash, zsh, fish."],
  [
    ["run", "--tier", "nspawn", "--network", "host", "--", "true"],
    1,
    '--network: "host" is refused on tier nspawn.',
    "The tier that has it is chroot, and it is open then.",
  ],
  [
    ["run", "--tier", "chroot", "--user", "root", "--", "true"],
    1,
    '--user: "root" is refused on tier chroot.',
    "Without a user namespace root is the machine's own. The nearest tier with a root inside is nspawn.",
  ],
  [
    ["create", "--tier", "docker", "--disk", "1GiB"],
    1,
    "--disk: an engine's volumes can't be bounded, so tier docker refuses it.",
    "Leave it out, or take tier nspawn, which has it.",
  ],
  [
    ["create", "--tier", "docker", "--group", "root"],
    1,
    '--group: "root" is refused on tier docker.',
    "Who may speak to the engine may speak to its sandboxes: that is the group of the engine's socket.",
  ],
  [
    ["create", "--group", "nosuchgroup"],
    2,
    '--group: "nosuchgroup" is not a group of this machine.',
    "--group takes a name from /etc/group; `sudo groupadd nosuchgroup` makes one.",
  ],
  [
    ["run", "--user", "a:b", "--", "true"],
    2,
    '--user: "a:b" is not valid.',
    "--user takes a name or number from the image's /etc/passwd.",
  ],
];

export const UNITS: readonly Row[] = [
  [
    ["run", "--ttl", "5", "--", "true"],
    2,
    '--ttl: "5" is not valid.',
    "--ttl takes a duration above zero and at most 30 days with its unit such as 90s, 15m or 1h30m (ms, s, m, h, d).",
  ],
  [
    ["run", "--ttl", "5 minutes", "--", "true"],
    2,
    '--ttl: "5 minutes" is not valid.',
    "--ttl takes a duration above zero and at most 30 days with its unit such as 90s, 15m or 1h30m (ms, s, m, h, d).",
  ],
  [
    ["run", "--ttl", "31d", "--", "true"],
    2,
    '--ttl: "31d" is not valid.',
    "--ttl takes a duration above zero and at most 30 days with its unit such as 90s, 15m or 1h30m (ms, s, m, h, d).",
  ],
  [
    ["run", "--ttl", "--", "true"],
    2,
    '--ttl: "--" is not valid.',
    "--ttl takes a duration above zero and at most 30 days with its unit such as 90s, 15m or 1h30m (ms, s, m, h, d).",
  ],
  [
    ["run", "--timeout", "30", "--", "true"],
    2,
    '--timeout: "30" is not valid.',
    "--timeout takes a duration above zero and at most 30 days with its unit such as 90s, 15m or 1h30m (ms, s, m, h, d).",
  ],
  [
    ["run", "--memory", "512", "--", "true"],
    2,
    '--memory: "512" is not valid.',
    "--memory takes a size above zero with its unit such as 512MiB or 2GiB (B, KiB, MiB, GiB, TiB, kB, MB, GB, TB).",
  ],
  [
    ["run", "--memory", "512m", "--", "true"],
    2,
    '--memory: "512m" is not valid.',
    "--memory takes a size above zero with its unit such as 512MiB or 2GiB (B, KiB, MiB, GiB, TiB, kB, MB, GB, TB).",
  ],
  [
    ["run", "--disk", "0MiB", "--", "true"],
    2,
    '--disk: "0MiB" is not valid.',
    "--disk takes a size above zero with its unit such as 512MiB or 2GiB (B, KiB, MiB, GiB, TiB, kB, MB, GB, TB).",
  ],
  [
    ["run", "--cpus", "50%", "--", "true"],
    2,
    '--cpus: "50%" is not valid.',
    "--cpus takes a number above zero such as 0.5 or 2.",
  ],
  [
    ["run", "--processes", "1.5", "--", "true"],
    2,
    '--processes: "1.5" is not valid.',
    "--processes takes a whole number above zero such as 128.",
  ],
  [
    ["up", "--parallel", "0"],
    2,
    '--parallel: "0" is not valid.',
    "--parallel takes a whole number above zero such as 4.",
  ],
];

export const IMAGES: readonly Row[] = [
  [
    ["run", "--image", "python:3.12", "--", "true"],
    2,
    '--image: "python:3.12" is not valid.',
    "--image takes sha256:DIGEST, debian:SUITE, oci:REFERENCE, or the path of a rootfs such as ./rootfs.tar. Did you mean oci:python:3.12?",
  ],
  [
    ["run", "--image", "bookworm", "--", "true"],
    2,
    '--image: "bookworm" is not valid.',
    "--image takes sha256:DIGEST, debian:SUITE, oci:REFERENCE, or the path of a rootfs such as ./rootfs.tar. Did you mean debian:bookworm?",
  ],
  [
    ["run", "--image", "debian:12", "--", "true"],
    2,
    '--image: "debian:12" is not valid.',
    "--image takes sha256:DIGEST, debian:SUITE, oci:REFERENCE, or the path of a rootfs such as ./rootfs.tar. Did you mean oci:debian:12?",
  ],
  [
    ["run", "--image", "sha256:12345678", "--", "true"],
    1,
    '--image: the store has no "sha256:12345678".',
    "`sandstack image ls` shows what it has.",
  ],
  [
    ["run", "--image", "./nothere", "--", "true"],
    1,
    '--image: "./nothere" does not exist ({here}/nothere).',
    "--image takes a directory or a tar archive of this machine.",
  ],
  [
    ["run", "--image", "oci:./nothere", "--", "true"],
    1,
    '--image: "./nothere" does not exist ({here}/nothere).',
    "--image takes an OCI layout or archive of this machine.",
  ],
  [
    ["run", "--image", "oci:node:22", "--package", "git", "--", "true"],
    2,
    '--package: "git" can\'t be put on this image.',
    "--package is for an image that is built from a suite: --image debian:SUITE, or no --image.",
  ],
  [
    ["run", "--image", "./a", "--snapshot", "snap-000000000000", "--", "true"],
    2,
    "--image: given together with snapshot.",
    "A sandbox begins from one of them.",
  ],
  [
    ["image", "inspect", "foo"],
    1,
    'The store has no image "foo".',
    "`sandstack image ls` shows what it has: take a digest, the beginning of one, or a reference such as debian:bookworm.",
  ],
  [
    ["image", "pull", "not a ref"],
    2,
    'REF: "not a ref" is not valid.',
    "REF takes a reference such as registry.example/library/alpine:3.20, or the path of an OCI layout or archive such as ./image.tar.",
  ],
  [
    ["image", "import", "./nothere.tar"],
    1,
    'PATH: "./nothere.tar" does not exist ({here}/nothere.tar).',
    "PATH takes an OCI layout or archive of this machine.",
  ],
];

export const NAMES: readonly Row[] = [
  [
    ["run", "--name", "my agent", "--", "true"],
    2,
    '--name: "my agent" is not valid.',
    "--name takes up to 63 letters, digits, dots, dashes and underscores, a letter or digit first.",
  ],
  [
    ["create", "--name", "../up"],
    2,
    '--name: "../up" is not valid.',
    "--name takes up to 63 letters, digits, dots, dashes and underscores, a letter or digit first.",
  ],
  [
    ["exec", "nobody", "--", "true"],
    1,
    'There is no sandbox "nobody" on this machine.',
    "`sandstack ls` lists the names and ids there are.",
  ],
  [
    ["exec", "", "--", "true"],
    2,
    'sandbox: "" is not valid.',
    "sandbox takes a connection, or a sandbox's name or id.",
  ],
  [
    ["exec", "{}", "--", "true"],
    2,
    "connection: it has no version.",
    "Pass an instance's `connection` output as it is, or a sandbox's name or id.",
  ],
  [
    ["exec", "{", "--", "true"],
    2,
    "connection: it is not JSON.",
    "Pass an instance's `connection` output as it is, or a sandbox's name or id.",
  ],
  [["kill"], 2, "kill: SANDBOX is missing.", "Usage: sandstack kill [options] <sandbox...>"],
  [
    ["kill", "nobody"],
    1,
    'There is no sandbox "nobody" on this machine.',
    "`sandstack ls` lists the names and ids there are.",
  ],
  [
    ["shell", "nobody"],
    1,
    "A shell needs a terminal as stdin and stdout.",
    "Without one: sandstack exec nobody -- sh -c 'COMMANDS'",
  ],
  [
    ["run", "--snapshot", "snap-1", "--", "true"],
    1,
    'There is no snapshot "snap-1" on this machine.',
    "`sandstack snapshot ls` lists those that there are. One ends with its sandbox, unless it was made with --keep ({ keep: true }).",
  ],
  [
    ["snapshot", "rm", "x"],
    1,
    'There is no snapshot "x" on this machine.',
    "`sandstack snapshot ls` lists those that there are. One ends with its sandbox, unless it was made with --keep ({ keep: true }).",
  ],
];

export const THE_REST: readonly Row[] = [
  [
    ["run", "--env", "=x", "--", "true"],
    2,
    '--env: "" is not valid.',
    "--env takes NAME=value, or NAME to take it from your own environment.",
  ],
  [
    ["run", "--env", "A B=hunter2", "--", "true"],
    2,
    '--env: "A B" is not valid.',
    "--env takes NAME=value, or NAME to take it from your own environment.",
  ],
  [
    ["run", "--env", "NOT_SET_HERE", "--", "true"],
    2,
    '--env: "NOT_SET_HERE" is not in your environment.',
    "Export it first, or write --env NAME=value.",
  ],
  [["run", "--", ""], 2, 'COMMAND[0]: "" is not valid.', "COMMAND[0] takes the name or path of a program."],
  [["create", "--", ""], 2, 'TASK[0]: "" is not valid.', "TASK[0] takes the name or path of a program."],
  [
    ["up"],
    1,
    "There is no Pulumi.yaml in {here}, nor in a folder above it.",
    "Go to your project's folder; docs/own-project.md shows how to begin one.",
  ],
  [
    ["exec", "--stack", "dev", "agent", "--", "true"],
    1,
    "There is no Pulumi.yaml in {here}, nor in a folder above it.",
    "Go to your project's folder; docs/own-project.md shows how to begin one.",
  ],
];
