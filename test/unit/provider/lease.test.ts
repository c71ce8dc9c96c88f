import { describe, expect, it } from "vitest";
import { lease } from "../../../src/provider/kinds/lease";
import { UNKNOWN, type Values } from "../../../src/provider/values";
import { Calls } from "./calls";

const calls = new Calls("sandstack:index:Lease");
const inputs = { ttl: "15m", generation: "g1", afterEnd: "recreate" };
const CREATED = Date.UTC(2026, 4, 3, 12, 0);
const outputs = { createdAt: "2026-05-03T12:00:00.000Z", deadline: "2026-05-03T12:15:00.000Z", state: "running" };

describe("a lease", () => {
  it.each<[string, Values, Values, Record<string, string>]>([
    ["takes a duration in its shortest form", { ttl: "90m" }, { ttl: "1h30m" }, {}],
    ["takes ms", { ttl: 900_000 }, { ttl: "15m" }, {}],
    ["takes what is not known yet as it is", { ttl: UNKNOWN }, { ttl: UNKNOWN }, {}],
    ["needs a ttl", {}, {}, { ttl: 'ttl is missing. It takes a duration such as "15m".' }],
    [
      "refuses ttl soon",
      { ttl: "soon" },
      { ttl: "soon" },
      { ttl: expect.stringContaining('ttl: "soon" is not valid.') as never },
    ],
    [
      "refuses another afterEnd",
      { ttl: "1m", afterEnd: "retry" },
      { ttl: "1m", afterEnd: "retry" },
      { afterEnd: 'afterEnd: "retry" is not valid. afterEnd takes "recreate" or "leave".' },
    ],
  ])("%s", async (_, given, expected, failures) => {
    expect(await calls.check(given)).toEqual({ inputs: expected, secrets: [], failures });
  });

  it.each<[string, Values, Values, number, string[]]>([
    ["nothing", {}, {}, 5, []],
    ["a ttl", {}, { ttl: "30m" }, 5, ["ttl update"]],
    ["a ttl that would be over", {}, { ttl: "4m" }, 5, ["ttl replace"]],
    [
      "one that would be over, of what is left",
      {},
      { ttl: "4m", afterEnd: "leave" },
      5,
      ["afterEnd update", "ttl update"],
    ],
    ["a ttl that is not known", {}, { ttl: UNKNOWN }, 5, ["ttl update"]],
    ["a generation", {}, { generation: UNKNOWN }, 5, ["generation replace"]],
    ["an end", { state: "ended 12:15, ttl 15m" }, {}, 20, ["state replace"]],
    ["an end that is left", { state: "killed 12:01" }, { afterEnd: "leave", ttl: "1h" }, 20, []],
    [
      "an end that is left, and another generation",
      { state: "killed 12:01" },
      { afterEnd: "leave", generation: "g2" },
      20,
      ["generation replace"],
    ],
    [
      "that nothing was made for it",
      { state: "unused" },
      { afterEnd: "leave" },
      5,
      ["afterEnd update", "state replace"],
    ],
  ])("sees %s", (_, old, fresh, minutes, expected) => {
    const state = { id: "sbx-aaaaaaaaaaaa", inputs, outputs: { ...outputs, ...old } };
    const { changes } = lease.diff(state, { ...inputs, ...fresh }, CREATED + minutes * 60_000);
    expect(changes.map(({ path, effect }) => `${path} ${effect}`)).toEqual(expected);
  });

  it("is made with an id of a sandbox, and lasts its ttl from then on", async () => {
    const made = await calls.create(inputs);
    expect(made.id).toMatch(/^sbx-[a-z0-9]{12}$/);
    const { createdAt, deadline, state } = made.outputs as Record<string, string>;
    expect(Date.parse(deadline as string) - Date.parse(createdAt as string)).toBe(900_000);
    expect(state).toBe("running");
  });

  it("is not known at preview; an update's deadline is", async () => {
    const unknown = { createdAt: UNKNOWN, deadline: UNKNOWN, state: UNKNOWN };
    expect(await calls.create(inputs, { preview: true })).toMatchObject({ id: "", outputs: unknown });
    const state = { id: "sbx-aaaaaaaaaaaa", inputs, outputs };
    const foreseen = await calls.update(state, { ...inputs, ttl: "1h" }, { preview: true });
    expect(foreseen.outputs).toEqual({ ...outputs, deadline: "2026-05-03T13:00:00.000Z" });
  });
});
