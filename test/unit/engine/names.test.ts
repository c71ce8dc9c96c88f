import { describe, expect, it } from "vitest";
import { aliasUrns } from "../../../src/engine/deploy/alias";
import {
  defaultProviderName,
  formatReference,
  isDefaultProvider,
  makeUrn,
  packageOf,
  parseReference,
  parseUrn,
} from "../../../src/engine/urn";

const STACK = "urn:pulumi:dev::project::pulumi:pulumi:Stack::project-dev";

describe("URNs", () => {
  it.each([
    [undefined, "pulumi:pulumi:Stack", "project-dev", STACK],
    [STACK, "a:b:C", "c", "urn:pulumi:dev::project::a:b:C::c"],
    ["urn:pulumi:dev::project::a:b:C::c", "d:e:F", "f", "urn:pulumi:dev::project::a:b:C$d:e:F::f"],
    ["urn:pulumi:dev::project::a:b:C$d:e:F::f", "g:h:I", "i", "urn:pulumi:dev::project::a:b:C$d:e:F$g:h:I::i"],
  ])("below %s, %s %s is %s", (parent, type, name, urn) =>
    expect(makeUrn("dev", "project", parent, type, name)).toBe(urn),
  );
  it("are read back, names with colons too", () => {
    expect(parseUrn("urn:pulumi:dev::project::a:b:C$d:e:F::one::two")).toEqual({
      stack: "dev",
      project: "project",
      qualifiedType: "a:b:C$d:e:F",
      type: "d:e:F",
      name: "one::two",
    });
  });
  it("with an id are references to providers", () => {
    const reference = { urn: "urn:pulumi:dev::project::pulumi:providers:a::default_1_2_3", id: "x" };
    expect(parseReference(formatReference(reference))).toEqual(reference);
    expect(isDefaultProvider(reference.urn)).toBe(true);
    expect(isDefaultProvider("urn:pulumi:dev::project::pulumi:providers:a::defaults")).toBe(false);
    expect(packageOf("pulumi:providers:a")).toBe("a");
    expect(packageOf("a:b:C")).toBe("a");
    expect(["", "4.5.0", "1.0.0-alpha.1"].map(defaultProviderName)).toEqual([
      "default",
      "default_4_5_0",
      "default_1_0_0_alpha_1",
    ]);
  });
});

describe("aliases", () => {
  const where = { stack: "dev", project: "project" };
  const none = { name: "", type: "", stack: "", project: "", parent: "", noParent: false };
  const goal = { name: "child", type: "a:b:C", parent: STACK, aliases: [] };
  const parent = {
    urn: "urn:pulumi:dev::project::p:q:R::new",
    name: "new",
    aliases: ["urn:pulumi:dev::project::p:q:R::old"],
  };
  it.each([
    ["none", goal, undefined, []],
    ["a URN", { ...goal, aliases: [{ urn: "urn:x" }] }, undefined, ["urn:x"]],
    [
      "another name",
      { ...goal, aliases: [{ ...none, name: "old" }] },
      undefined,
      ["urn:pulumi:dev::project::a:b:C::old"],
    ],
    [
      "another stack",
      { ...goal, aliases: [{ ...none, stack: "prod" }] },
      undefined,
      ["urn:pulumi:prod::project::a:b:C::child"],
    ],
    ["the parent's", { ...goal, parent: parent.urn }, parent, ["urn:pulumi:dev::project::p:q:R$a:b:C::child"]],
    [
      "the parent's, in the name",
      { ...goal, parent: parent.urn, name: "new-x" },
      parent,
      ["urn:pulumi:dev::project::p:q:R$a:b:C::old-x"],
    ],
    [
      "no parent",
      { ...goal, parent: parent.urn, aliases: [{ ...none, noParent: true }] },
      { ...parent, aliases: [] },
      ["urn:pulumi:dev::project::a:b:C::child"],
    ],
  ])("%s", (_what, of, above, urns) => expect(aliasUrns(of, above, where)).toEqual(urns));
});
