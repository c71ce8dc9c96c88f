import { describe, expect, it } from "vitest";
import { withAgent } from "../../../src/images/tree/identity";

const PASSWD = "root:x:0:0:root:/root:/bin/sh\n";
const GROUP = "root:x:0:\n";

describe("user and group agent", () => {
  it.each([
    ["1000 where it is free", PASSWD, GROUP, "agent:x:1000:1000::/home/agent:/bin/sh", "agent:x:1000:"],
    [
      "the next one where a user has 1000",
      `${PASSWD}node:x:1000:1000::/home/node:/bin/sh\n`,
      `${GROUP}node:x:1000:\n`,
      "agent:x:1001:1001::/home/agent:/bin/sh",
      "agent:x:1001:",
    ],
    [
      "the next one where a group has 1000",
      PASSWD,
      `${GROUP}x:x:1000:\n`,
      "agent:x:1001:1001::/home/agent:/bin/sh",
      "agent:x:1001:",
    ],
    [
      "the group's where only that is there",
      PASSWD,
      `${GROUP}agent:x:1234:\n`,
      "agent:x:1234:1234::/home/agent:/bin/sh",
      "agent:x:1234:",
    ],
    [
      "as it is where it is there",
      `${PASSWD}agent:x:7:7::/srv:/bin/bash\n`,
      `${GROUP}agent:x:7:\n`,
      "agent:x:7:7::/srv:/bin/bash",
      "agent:x:7:",
    ],
    [
      "a file without an end of line",
      PASSWD.trimEnd(),
      GROUP.trimEnd(),
      "agent:x:1000:1000::/home/agent:/bin/sh",
      "agent:x:1000:",
    ],
  ])("have %s", (_, passwd, group, user, ownGroup) => {
    const made = withAgent({ passwd, group });
    expect(made.passwd.split("\n").filter((line) => line.startsWith("agent:"))).toEqual([user]);
    expect(made.group.split("\n").filter((line) => line.startsWith("agent:"))).toEqual([ownGroup]);
    expect(made.passwd.startsWith(PASSWD)).toBe(true);
    expect(withAgent(made)).toEqual(made);
  });

  it("stand in the shadow files where there are some, without a password", () => {
    const made = withAgent({ passwd: PASSWD, group: GROUP, shadow: "root:*:::::::\n", gshadow: "root:*::\n" });
    expect(made.shadow).toMatch(/\nagent:!:/);
    expect(made.gshadow).toMatch(/\nagent:!:/);
    expect(withAgent({ passwd: PASSWD, group: GROUP })).not.toHaveProperty("shadow");
  });
});
