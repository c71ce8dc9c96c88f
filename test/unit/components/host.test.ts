import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { SandboxHost } from "../../../components";
import { registered, valueOf } from "./program";

describe("SandboxHost", () => {
  it("has an owner of its own", async () => {
    expect(await registered(() => new SandboxHost("lab", { tier: "nspawn" }))).toEqual([
      { type: "sandstack:index:SandboxHost", name: "lab", inputs: {} },
      { type: "sandstack:index:Owner", name: "lab", inputs: {} },
    ]);
  });
  it("gives tier, owner, group and what its tier can do", async () => {
    let host!: SandboxHost;
    await registered(() => {
      host = new SandboxHost("lab", { tier: pulumi.output("chroot" as const), access: { group: "agents" } });
    });
    expect(await valueOf(host.tier)).toBe("chroot");
    expect(await valueOf(host.owner)).toBe("lab-Owner");
    expect(await valueOf(host.group)).toBe("agents");
    expect(await valueOf(host.capabilities)).toEqual({ root: false, hostNetwork: true, proc: false });
  });
});
