import { describe, expect, it } from "vitest";
import { tierFor } from "../../src/tiers";
import { conformanceOf } from "../tiers/conformance";
import { makerOf } from "../tiers/making";
import { attributesAreOurs } from "../tiers/process-attributes";
import { dockerScene } from "./docker-scene";

dockerScene();

describe("docker", () => {
  conformanceOf("docker");
  attributesAreOurs("docker");

  const make = makerOf("docker");

  it("tells object by object what it has, with the owner's marks on each", async () => {
    const [{ spec }] = [await make(), await make()];
    const objects = await tierFor("docker").owned(spec.owner);
    // Its files, its scratch, its end record, its terminals.
    const volumes = ["volume", "volume", "volume", "volume"];
    expect(objects.map(({ kind }) => kind).sort()).toEqual(["container", "record", ...volumes]);
    for (const object of objects) {
      const { owner, id: sandbox, createdAt, deadline } = spec;
      expect(object).toMatchObject({ owner, sandbox, createdAt, deadline });
    }
  });

  it("refuses a group: who may speak to the engine may speak to its sandboxes", async () => {
    await expect(make({ group: "adm" })).rejects.toMatchObject({ code: "UNSUPPORTED" });
  });
});
