import { expect, it } from "vitest";
import type { MovableLimits } from "../../../src/model/tier";
import { limitFiles } from "../../../src/tiers/local/limits";

const HYBRID = ["unified:/u/x", "pids:/p/x", "memory:/m/x", "cpu:/c/x"];

it.each<[string, string[], MovableLimits, string[]]>([
  [
    "a hybrid",
    HYBRID,
    { cpus: 0.5, memory: 1024, processes: 9 },
    [
      "/p/x/pids.max 9",
      "/m/x/memory.limit_in_bytes 1024",
      "/m/x/memory.memsw.limit_in_bytes 1024",
      "/m/x/memory.limit_in_bytes 1024",
      "/m/x/memory.kmem.tcp.limit_in_bytes 1024",
      "/c/x/cpu.cfs_quota_us 50000",
      "/u/x/payload/pids.max 9",
      "/u/x/payload/memory.max 1024",
      "/u/x/payload/cpu.max 50000 100000",
    ],
  ],
  [
    "version 2 alone, without limits",
    ["unified:/u/x"],
    {},
    ["/u/x/payload/pids.max max", "/u/x/payload/memory.max max", "/u/x/payload/cpu.max max 100000"],
  ],
  [
    "a hybrid, without limits",
    HYBRID.slice(1),
    {},
    [
      "/p/x/pids.max max",
      "/m/x/memory.limit_in_bytes -1",
      "/m/x/memory.memsw.limit_in_bytes -1",
      "/m/x/memory.limit_in_bytes -1",
      "/m/x/memory.kmem.tcp.limit_in_bytes -1",
      "/c/x/cpu.cfs_quota_us -1",
    ],
  ],
])("the files of limits on %s", (_, cgroups, limits, expected) => {
  expect(limitFiles(cgroups, limits).map(({ path, value }) => `${path} ${value}`)).toEqual(expected);
});
