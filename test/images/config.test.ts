import { afterEach, describe, expect, it } from "vitest";
import { Sandbox } from "../../runtime";
import { LOCAL_TIERS, type TierName } from "../../src/model/tier";
import { removeSnapshot } from "../../src/tiers";
import { leakCheckEachTest } from "../support/leak-check";
import { useLayers } from "./layers";

leakCheckEachTest();
const { build } = useLayers();
const SHOW = ["/bin/sh", "-c", 'echo "$A-$B $HOME"; pwd; id -un'];
const args = {
  run: ["useradd --uid 1234 --create-home bob; mkdir -p /opt/app"],
  env: { A: "image", B: "image" },
  user: "bob",
  cwd: "/opt/app",
};

describe.each(LOCAL_TIERS)("what an image gives commands on %s", (tier: TierName) => {
  const open: Sandbox[] = [];
  afterEach(() => Promise.all(open.splice(0).map((sandbox) => sandbox.kill())));
  const create = async (options: object) => {
    const sandbox = await Sandbox.create({ tier, ...options });
    open.push(sandbox);
    return sandbox;
  };

  it("is there where nothing else is said, also for who connects later", async () => {
    const image = await build(args);
    const { connection } = await create({ image: image.digest });
    const sandbox = await Sandbox.connect(connection);
    expect((await sandbox.commands.run(SHOW)).stdout).toBe("image-image /home/bob\n/opt/app\nbob\n");
    sandbox.disconnect();
  });

  it("gives way to what the sandbox and the command say", async () => {
    const image = await build(args);
    const sandbox = await create({ image: image.digest, envs: { B: "sandbox" }, user: "agent" });
    expect((await sandbox.commands.run(SHOW)).stdout).toBe("image-sandbox /home/agent\n/opt/app\nagent\n");
    const { stdout } = await sandbox.commands.run(SHOW, { envs: { A: "own" }, cwd: "/tmp", user: "bob" });
    expect(stdout).toBe("own-sandbox /home/bob\n/tmp\nbob\n");
  });

  it("is that of a sandbox begun from a snapshot, too, and a directory that is gone is the home", async () => {
    const image = await build(args);
    const first = await create({ image: image.digest, user: "agent" });
    const { id } = await first.createSnapshot({ keep: true });
    const second = await create({ snapshot: id });
    expect((await second.commands.run(SHOW)).stdout).toBe("image-image /home/agent\n/opt/app\nagent\n");
    await removeSnapshot(id);
    const own = await build({ ...args, run: [...args.run, "chown bob /opt"] });
    const third = await create({ image: own.digest });
    await third.commands.run("rmdir /opt/app");
    expect((await third.commands.run(SHOW)).stdout).toBe("image-image /home/bob\n/home/bob\nbob\n");
  });
});

describe("the config of an image", () => {
  it("is in its digest, and makes no layer again", async () => {
    const plain = await build({ run: args.run });
    const configured = await build(args);
    const other = await build({ ...args, env: { ...args.env, B: "other" } });
    expect(new Set([plain, configured, other].map(({ digest }) => digest)).size).toBe(3);
    expect(configured.layers).toEqual(plain.layers);
    expect(other.layers).toEqual(plain.layers);
    expect((await build({ run: args.run, env: {} })).digest).toBe(plain.digest);
  });

  it.each<[object, string]>([
    [{ user: "nobody-else" }, 'user: "nobody-else" is not in the image\'s /etc/passwd.'],
    [{ cwd: "/opt/none" }, 'cwd: "/opt/none" is no directory in the image.'],
    [{ cwd: "/etc/passwd" }, 'cwd: "/etc/passwd" is no directory in the image.'],
  ])("is refused where the image does not have it: %j", async (config, message) => {
    await expect(build(config)).rejects.toMatchObject({ code: "INVALID_OPTION", message });
  });
});
