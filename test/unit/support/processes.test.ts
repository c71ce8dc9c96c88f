import { describe, expect, it } from "vitest";
import { newProcesses, type ProcessFacts } from "../../support/leaks/processes";

// The family: init 1, a service 10, the caller's shell 20, the test runner 30, this test file's worker 40.
const family = [person(1, 0, "/init"), person(10, 1, "/service"), person(20, 1), person(30, 20), person(40, 30)];

function person(pid: number, parent: number, cgroup = "/user", more: Partial<ProcessFacts> = {}): ProcessFacts {
  const facts = {
    pid,
    parent,
    state: "S",
    startTime: "1",
    command: `p${pid}`,
    cgroups: `0::${cgroup}`,
    network: "net",
  };
  return { ...facts, ...more };
}

function photo(people: readonly ProcessFacts[]): Map<number, ProcessFacts> {
  return new Map(people.map((p) => [p.pid, p]));
}

describe("newProcesses", () => {
  it.each<[string, ProcessFacts[], number[]]>([
    ["a child of the test", [person(99, 40)], [99]],
    ["a grandchild", [person(98, 40), person(99, 98)], [98, 99]],
    ["an orphan at init", [person(99, 1)], [99]],
    ["an orphan at a subreaper above us", [person(99, 20)], [99]],
    ["an orphan's child", [person(98, 1), person(99, 98)], [98, 99]],
    ["an orphan in a sandbox's cgroup", [person(99, 1, "/sandstack/sbx-1")], [99]],
    ["a zombie, whatever cgroup it had", [person(99, 40, "/elsewhere", { state: "Z" })], [99]],
    ["a pid used again", [person(40, 30), person(10, 40, "/service", { startTime: "2" })], [10]],
    ["nothing: another worker of the test runner", [person(99, 30)], []],
    ["nothing: a child of a service", [person(99, 10)], []],
    ["nothing: a new service", [person(99, 1, "/other.service")], []],
    ["nothing: nothing new", [], []],
  ])("%s", (_, appeared, expected) => {
    const after = photo([...family.filter((p) => !appeared.some(({ pid }) => pid === p.pid)), ...appeared]);
    expect(newProcesses(photo(family), after, 40).map((p) => p.pid)).toEqual(expected);
  });

  it("an orphan at init, of a test that was put into init's namespace from outside", () => {
    const entered = [person(1, 0, "/init"), person(30, 0), person(40, 30)];
    const after = photo([...entered, person(99, 1)]);
    expect(newProcesses(photo(entered), after, 40).map((p) => p.pid)).toEqual([99]);
  });
});
