import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { basename } from "node:path";

/** A bare `su` leaves the folders of dockerd and ip out of PATH. */
export const SYSTEM_ENV = { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` };

/**
 * Where an engine lives. Mounts and network are namespaces of its own, which hide from it the machine's /run and
 * /etc/docker; what runs in it is in one cgroup.
 */
export interface Place {
  /** Its files on this machine. */
  folder: string;
  /** Its cgroup, in the tree of cgroup v2. */
  cgroup: string;
  /** Arguments of nsenter that run a program in it. */
  enter: readonly string[];
  /** Both ends of the cable between this machine and the place. */
  machineAddress: string;
  address: string;
  /** Ends everything in it and removes it. */
  leave(): Promise<void>;
}

/**
 * Holds the place until its stdin ends, as it does when the process that asked for it dies; then kills and removes.
 * The sleeping process keeps the namespaces while there is no dockerd in them. Of all addresses, 198.18.0.0/15 is for
 * tests of networks alone (RFC 2544); the number of the cable's name is held by the kernel for who has made it first.
 */
const HOLDER = `
folder=$1 name=$2
v2=/sys/fs/cgroup
[ -e $v2/cgroup.controllers ] || v2=$v2/unified
cgroup=$v2/$name

leave() {
  echo 1 > $cgroup/cgroup.kill
  while grep -q 'populated 1' $cgroup/cgroup.events; do sleep 0.01; done
  # The place's mounts end with the last process in it, which may be the kernel's to bury yet.
  find /sys/fs/cgroup -depth -type d -path "/sys/fs/cgroup*/$name*" -exec rmdir {} +
  [ -z "$cable" ] || ip link delete $cable 2>/dev/null
  rm -rf $folder
}
fail() { echo "failed: $1"; leave; exit 1; }

mkdir -p $cgroup/engine || exit 1
sh -c 'echo $$ > $0/engine/cgroup.procs && exec unshare --mount --net sh -c "$1"' $cgroup '
  mount -t tmpfs run /run && mkdir -p /etc/docker && mount -t tmpfs etc /etc/docker &&
  ip link set lo up && echo > '$folder'/ready && exec sleep infinity' </dev/null &
inside=$!
until [ -e $folder/ready ]; do kill -0 $inside 2>/dev/null || fail namespaces; sleep 0.01; done

n=0
until ip link add sstd$n type veth peer name eth0 netns $inside 2>/dev/null; do
  n=$((n + 1)); [ $n -lt 250 ] || fail cable
done
cable=sstd$n
ip address add 198.18.$n.1/30 dev $cable && ip link set $cable up || fail address
nsenter --target=$inside --net sh -c "ip address add 198.18.$n.2/30 dev eth0 && ip link set eth0 up" || fail address

echo "$inside $n $cgroup"
cat > /dev/null
leave
`;

/** @param folder of its own, which goes with the place */
export async function holdPlace(folder: string): Promise<Place> {
  const name = basename(folder);
  const holder = spawn("sh", ["-c", HOLDER, "sh", folder, name], {
    stdio: ["pipe", "pipe", "inherit"],
    detached: true,
    env: SYSTEM_ENV,
  });
  const ended = new Promise<void>((resolve) => holder.once("close", () => resolve()));
  const said = await new Promise<string>((resolve, reject) => {
    createInterface({ input: holder.stdout }).once("line", resolve);
    holder.once("error", reject);
    holder.once("close", () => reject(new Error("a place for the engine could not be made")));
  });
  const [inside, number, cgroup] = said.split(" ") as [string, string, string];
  if (inside === "failed:") throw new Error(`a place for the engine could not be made: ${said}`);
  const joinCgroup = ["sh", "-c", 'echo $$ > "$0" && exec "$@"', `${cgroup}/engine/cgroup.procs`];
  return {
    folder,
    cgroup,
    enter: [`--target=${inside}`, "--mount", "--net", ...joinCgroup],
    machineAddress: `198.18.${number}.1`,
    address: `198.18.${number}.2`,
    leave: async () => {
      holder.stdin.end();
      await ended;
    },
  };
}
