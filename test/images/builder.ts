import { type ChildProcess, spawn, type SpawnOptions } from "node:child_process";
import { resolve } from "node:path";
import type { BuildProgress, Image, ImageArgs } from "../../src/model/image";

/** A build in a process of its own, as somebody else's `sandstack` would make it. */
export interface Builder {
  child: ChildProcess;
  progress: BuildProgress[];
  /** Resolves once a step of this name was reported. */
  reached(step: string): Promise<void>;
  /** The image, or the error's code and message; `undefined` when it was killed. */
  ended: Promise<{ image?: Image; code?: string; message?: string } | undefined>;
}

const PROGRAM = `
  const { buildImage } = require(${JSON.stringify(resolve("dist/src/images"))});
  const { openBuildSandbox: sandbox } = require(${JSON.stringify(resolve("dist/runtime/build-sandbox"))});
  const say = (what) => process.stdout.write(JSON.stringify(what) + "\\n");
  buildImage(JSON.parse(process.argv[1]), { sandbox, onProgress: (progress) => say({ progress }) }).then(
    (image) => say({ image }),
    ({ code, message }) => say({ code, message }),
  );
`;

export function startBuilder(args: ImageArgs, options: SpawnOptions = {}): Builder {
  const child = spawn(process.execPath, ["-e", PROGRAM, JSON.stringify(args)], {
    stdio: ["ignore", "pipe", "inherit"],
    ...options,
  });
  const progress: BuildProgress[] = [];
  let last: Record<string, unknown> | undefined;
  let rest = "";
  child.stdout?.on("data", (data: Buffer) => {
    const lines = (rest + data.toString()).split("\n");
    rest = lines.pop() as string;
    for (const line of lines) {
      last = JSON.parse(line) as Record<string, unknown>;
      if (last["progress"]) progress.push(last["progress"] as BuildProgress);
    }
  });
  const ended = new Promise<{ image?: Image } | undefined>((done) => {
    child.on("close", () => done(last?.["progress"] ? undefined : last));
  });
  const reached = async (step: string) => {
    while (!progress.some((one) => one.step === step)) {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`the build ended without "${step}": ${JSON.stringify([...progress.slice(-3), last])}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  return { child, progress, reached, ended };
}
