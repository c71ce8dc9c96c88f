import { SandstackError } from "../../model/error";
import type { ImageArgs } from "../../model/image";
import type { EngineEvent } from "../../engine";
import { present } from "../style";
import { captureOutput } from "../display/capture";
import type { Context } from "../program";
import { requireSdk, type Prepared } from "./operate";

/** What stands in the place of a value that only an update would tell. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * The images that a stack's program declares, in order of name: the program runs as in a preview.
 * @throws SandstackError what the preview ends with; UNSUPPORTED for an image that hangs on what is not made yet
 */
export async function declaredImages(on: Prepared, context: Context): Promise<Map<string, ImageArgs>> {
  requireSdk();
  const [{ Engine }, { createDockerProvider, createProvider, imageArgsOf }] = await Promise.all([
    import("../../engine/index.js"),
    import("../../provider/index.js"),
  ]);
  // What is declared is asked for here; whether it is what is locked, the caller says.
  delete process.env["SANDSTACK_FROZEN"];
  const images = new Map<string, Readonly<Record<string, unknown>>>();
  const events = (event: EngineEvent) => {
    if (event.event !== "step-done" || event.step.type !== "sandstack:local:Image") return;
    const { name, op, newInputs } = event.step;
    if (newInputs && !op.startsWith("delete")) images.set(name, newInputs);
  };
  const tell = process.stderr.write.bind(process.stderr);
  const release = captureOutput((line) => tell(present(`${line}\n`)));
  context.endsProcess = true;
  try {
    const { project, stack, passphrase } = on;
    await new Engine({
      project,
      stack,
      passphrase,
      providers: { sandstack: createProvider },
      standIns: { docker: createDockerProvider },
      events,
      signal: context.signal,
    }).preview();
  } finally {
    release();
  }
  for (const [name, inputs] of images) {
    if (!JSON.stringify(inputs).includes(UNKNOWN)) continue;
    throw new SandstackError("UNSUPPORTED", `SandboxImage "${name}" hangs on something that is not made yet.`, {
      hint: "Run sandstack up first.",
    });
  }
  const inOrder = [...images].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(inOrder.map(([name, inputs]) => [name, imageArgsOf(inputs)]));
}
