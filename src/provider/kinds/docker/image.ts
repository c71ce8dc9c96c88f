import { imageReference } from "../../../model/docker/names";
import { changesOf } from "../../changes";
import type { Kind } from "../../kind";
import { beginningOf } from "../beginning";

/**
 * `sandstack:docker:Image`: an image of this machine's store as an engine has it, for one instance. Its id is what the
 * engine calls it. Those who have the same image share it: the last one to go takes it away, and then what serves all
 * sandboxes of the engine.
 */
export const image: Kind = {
  outputs: ["digest"],

  async check(checker) {
    await checker.require("host", "the engine's address", (host: string) => host);
  },

  diff({ inputs }, news) {
    return { changes: changesOf(inputs, news, { host: "replace", image: "replace", snapshot: "replace" }) };
  },

  async create({ progress, signal }, inputs) {
    const host = inputs["host"] as string;
    const [{ tierFor }, { exportImage }] = await Promise.all([
      import("../../../tiers/index.js"),
      import("../../../images/index.js"),
    ]);
    const wanted = inputs as { image?: string; snapshot?: string };
    const { image: digest } = await beginningOf({ tier: "docker", ...wanted });
    progress(`bringing the image to the engine at ${host}`);
    await tierFor("docker").bringImage?.(digest, { exportImage, signal }, { host });
    return { id: imageReference(digest), outputs: { digest } };
  },

  read: ({ outputs }) => Promise.resolve(outputs),

  async remove({ inputs, outputs }) {
    const { removeImage, tidyEngine } = await import("../../../tiers/index.js");
    const host = inputs["host"] as string;
    await removeImage(host, outputs["digest"] as string);
    await tidyEngine(host);
  },
};
