import { expect, it } from "vitest";
import { formatLabel, parseLabel } from "../../../src/tiers/local/cgroup-label";
import { cgroupParents, cgroupsFor, parseCgroupMounts } from "../../../src/tiers/local/cgroup-tree";

const label = { id: "sbx-0123456789ab", owner: "run:5e0d", createdAt: 10, deadline: 20 };
const NAME = "sbx-0123456789ab,run:5e0d,10,20";

const V2 = "cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n";
const HYBRID = `tmpfs /sys/fs/cgroup tmpfs rw,mode=755 0 0
cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0
cgroup /sys/fs/cgroup/cpuset cgroup rw,cpuset 0 0
cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0
cgroup /sys/fs/cgroup/pids cgroup rw,pids 0 0
cgroup /sys/fs/cgroup/systemd cgroup rw,name=systemd 0 0
cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0
cgroup /mnt/pids-again cgroup rw,pids 0 0
`;

it("formats a label into one component of a path", () => expect(formatLabel(label)).toBe(NAME));

it.each([
  [NAME, label],
  [`/sys/fs/cgroup/pids/sandstack/${NAME}`, label],
  [`${NAME},led-0123456789ab`, { ...label, ledger: "led-0123456789ab" }],
  [`${NAME},led-0123456789ab,x`, undefined],
  ["payload", undefined],
  ["a,b,c,d", undefined],
  ["a,b,1", undefined],
  ["a,b,1,2,3", undefined],
  [",b,1,2", undefined],
  ["a,b,1,-2", undefined],
  ["", undefined],
])("parseLabel(%j) is %j", (path, expected) => expect(parseLabel(path)).toEqual(expected));

it.each([
  ["version 2", V2, { unified: "/sys/fs/cgroup", v1: {} }],
  [
    "a hybrid",
    HYBRID,
    {
      unified: "/sys/fs/cgroup/unified",
      v1: {
        cpu: "/sys/fs/cgroup/cpu,cpuacct",
        cpuacct: "/sys/fs/cgroup/cpu,cpuacct",
        cpuset: "/sys/fs/cgroup/cpuset",
        memory: "/sys/fs/cgroup/memory",
        pids: "/sys/fs/cgroup/pids",
      },
    },
  ],
  ["none", "proc /proc proc rw 0 0\n", { unified: undefined, v1: {} }],
])("finds the hierarchies of %s", (_, mounts, tree) => expect(parseCgroupMounts(mounts)).toEqual(tree));

it.each([
  ["version 2", V2, [`unified:/sys/fs/cgroup/sandstack/${NAME}`]],
  [
    "a hybrid",
    HYBRID,
    [
      `unified:/sys/fs/cgroup/unified/sandstack/${NAME}`,
      `pids:/sys/fs/cgroup/pids/sandstack/${NAME}`,
      `memory:/sys/fs/cgroup/memory/sandstack/${NAME}`,
      `cpu:/sys/fs/cgroup/cpu,cpuacct/sandstack/${NAME}`,
    ],
  ],
])("the cgroups of a sandbox on %s", (_, mounts, expected) => {
  expect(cgroupsFor(parseCgroupMounts(mounts), label)).toEqual(expected);
});

it.each([
  ["version 2", V2, []],
  ["a hybrid", HYBRID, [`cpuset:/sys/fs/cgroup/cpuset/sandstack/${NAME}`]],
  [
    "a hybrid that counts processors and their time apart",
    `${HYBRID.replaceAll("cpu,cpuacct", "cpu")}cgroup /sys/fs/cgroup/cpuacct cgroup rw,cpuacct 0 0\n`,
    [`cpuacct:/sys/fs/cgroup/cpuacct/sandstack/${NAME}`, `cpuset:/sys/fs/cgroup/cpuset/sandstack/${NAME}`],
  ],
])("on %s a sandbox that sees its cgroups also has those that a JVM looks for", (_, mounts, more) => {
  const tree = parseCgroupMounts(mounts);
  expect(cgroupsFor(tree, label, true)).toEqual([...cgroupsFor(tree, label), ...more]);
});

it("looks for leftovers once in each hierarchy", () => {
  const together = "cgroup /cg cgroup rw,cpu,memory,pids 0 0\ncgroup2 /cg2 cgroup2 rw 0 0\n";
  expect(cgroupParents(parseCgroupMounts(together))).toEqual(["/cg2/sandstack", "/cg/sandstack"]);
});
