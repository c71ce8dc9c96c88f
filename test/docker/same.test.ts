import { expect, it } from "vitest";
import { Sandbox } from "../../runtime";
import { getSandbox } from "../../src/tiers";
import { defaultTestImage } from "../support/default-image";
import { dockerScene } from "./docker-scene";

// Changing the tier is changing one word: a test agent is told the same on nspawn and on docker. Not proven: what differs
// and is said so, which is the names and numbers of users, and the places that an engine adds to / and /dev.

const scene = dockerScene();

const AGENT = `
import os, sys
print(sys.version)
print(open("/etc/os-release").read())
print(os.getcwd(), sys.argv[1:], sys.stdin.read())
print([(k, v) for k, v in sorted(os.environ.items()) if k not in ("USER", "LOGNAME")])
os.mkdir("work", 0o750)
with open("work/a", "w") as f:
    f.write("one\\n")
os.symlink("a", "work/l")
os.chmod("work/a", 0o640)
sys.stdout.flush()
os.system("ls -A; stat -c '%A %n' work/*; cat work/l; umask; ulimit -c; trap 'echo caught' TERM; kill $$")
for path in ("/tmp", "/var/tmp", "/dev/shm", "/run", "/usr", "/etc"):
    print(path, os.access(path, os.W_OK))
print(sorted(n for n in os.listdir("/") if n not in (".dockerenv", ".sandstack")))
print(sorted(n for n in os.listdir("/dev") if n != "mqueue"), os.uname().nodename)
sys.exit(5)
`;

it("a test agent gets the same answers, byte for byte, from the same image", async () => {
  const { digest } = await defaultTestImage();
  const answers = [];
  for (const tier of ["nspawn", "docker"] as const) {
    await using sandbox = await Sandbox.create({ tier, image: digest, limits: { memory: "256MiB" } });
    await sandbox.files.write("/home/agent/agent.py", AGENT);
    const { stdout, stderr, exitCode } = await sandbox.commands.run(["python3", "agent.py", "x y"], {
      ...{ stdin: "in", envs: { TOKEN: "t" }, reject: false },
    });
    answers.push({ stdout, stderr, exitCode, image: getSandbox(sandbox.sandboxId).image });
  }
  expect(answers[1]).toEqual(answers[0]);
  expect(answers[0]).toMatchObject({ exitCode: 5, stderr: "", image: digest });
  const label = '{{index .Config.Labels "sandstack.image.digest"}}';
  expect(await scene.docker("image", "inspect", `--format=${label}`, `sandstack:${digest.slice(7, 19)}`)).toBe(digest);
});
