const BUILT_WHEN_NEEDED = "Images are built when `sandstack run`, `create`, `up` or `lock` needs them.";
const NO_MOUNTS = "Nothing of this machine is mounted: --file here:/inside copies it in, and `sandstack cp` out.";
const TERMINAL = "A terminal is there in `sandstack shell SANDBOX`.";
const IN_BACKGROUND = "`sandstack create -- COMMAND` runs one in the background, and `sandstack logs` shows it.";
const NO_PORTS = "No port of a sandbox is open to others; a program reaches one by getHost().";

/** Names that other tools have for a command of ours, or what is done here instead: docker, podman, kubectl, terraform, pulumi, ssh. */
const COMMANDS: Readonly<Record<string, string>> = {
  ps: "sandstack ls",
  list: "sandstack ls",
  rm: "sandstack kill",
  stop: "sandstack kill",
  delete: "sandstack kill",
  start: "sandstack create",
  new: "sandstack create",
  attach: "sandstack shell",
  ssh: "sandstack shell",
  bash: "sandstack shell",
  copy: "sandstack cp",
  images: "sandstack image ls",
  rmi: "sandstack image gc",
  build: BUILT_WHEN_NEEDED,
  "image build": BUILT_WHEN_NEEDED,
  "image list": "sandstack image ls",
  "image rm": "sandstack image gc",
  pull: "sandstack image pull",
  push: "sandstack image push",
  load: "sandstack image import",
  commit: "sandstack snapshot create",
  restore: "sandstack rollback",
  "snapshot restore": "sandstack rollback",
  "snapshot list": "sandstack snapshot ls",
  "snapshot delete": "sandstack snapshot rm",
  prune: "sandstack gc",
  clean: "sandstack gc",
  apply: "sandstack up",
  deploy: "sandstack up",
  down: "sandstack destroy",
  plan: "sandstack preview",
  init: "sandstack stack init",
  "stack list": "sandstack stack ls",
  "stack new": "sandstack stack init",
  output: "sandstack stack output",
  version: "sandstack --version",
};

/** Names that other tools have for an option of ours; or, with a blank, what is done here instead. */
const OPTIONS: Readonly<Record<string, string>> = {
  "-e": "--env",
  "-w": "--cwd",
  "--workdir": "--cwd",
  "-u": "--user",
  "-m": "--memory",
  "--mem": "--memory",
  "--pids-limit": "--processes",
  "--net": "--network",
  "--storage-opt": "--disk",
  "-v": NO_MOUNTS,
  "--volume": NO_MOUNTS,
  "--mount": NO_MOUNTS,
  "-it": TERMINAL,
  "-i": "stdin is passed on as it is; a terminal is there in `sandstack shell SANDBOX`.",
  "-t": TERMINAL,
  "--rm": "`sandstack run` always takes its sandbox away.",
  "-d": IN_BACKGROUND,
  "--detach": IN_BACKGROUND,
  "--privileged": "There is no such thing; `--user root` is root inside, and powerless outside.",
  "-p": NO_PORTS,
  "--publish": NO_PORTS,
};

/** Answers a command that another tool has; `undefined` for a name that is none. */
export function habitOfCommand(typed: string): string | undefined {
  const meant = Object.hasOwn(COMMANDS, typed) ? COMMANDS[typed] : undefined;
  return meant?.startsWith("sandstack ") ? `Did you mean \`${meant}\`?` : meant;
}

/** Answers an option that another tool has; `undefined` where it is none, or this command has nothing like it. */
export function habitOfOption(typed: string, known: readonly string[]): string | undefined {
  const meant = Object.hasOwn(OPTIONS, typed) ? OPTIONS[typed] : undefined;
  if (meant === undefined || meant.includes(" ")) return meant;
  return known.includes(meant) ? `Did you mean ${meant}?` : undefined;
}
