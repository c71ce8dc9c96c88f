import type { ImageInspectInfo } from "dockerode";
import { statusOf } from "../../tiers/docker/engine-error";
import type { Made } from "../kind";
import { effectsOf } from "./declaration";
import { findImage, knownImage } from "./find-image";
import type { DockerKind } from "./kind";
import { withoutMarks } from "./marks";
import { remoteImage as shape } from "./shape/remote-image";

interface ImageInputs {
  name: string;
  platform?: string;
  keepLocally?: boolean;
  forceRemove?: boolean;
}

/** docker:index/remoteImage:RemoteImage. Its id is the image's and its name: `sha256:…name`. */
export const remoteImage: DockerKind = {
  token: "docker:index/remoteImage:RemoteImage",
  shape,
  required: ["name"],
  isNamed: false,
  defaults: { platform: "" },
  innerDefaults: {},
  refused: { build: "SandboxImage builds images without it; or `pulumi plugin install resource docker`." },
  rules: {},
  sets: new Set(["pullTriggers"]),
  effects: effectsOf(shape, ["forceRemove", "keepLocally"]),
  lasting: new Set(),
  drifting: [],
  deletesFirst: false,

  async create(engine, values, { signal }) {
    const inputs = values as unknown as ImageInputs;
    const found = await findImage(engine, inputs.name, { signal, platform: inputs.platform, option: "name" });
    return madeOf(inputs, found);
  },

  async read(engine, { inputs, outputs }) {
    const asked = { ...outputs, ...inputs } as unknown as ImageInputs;
    const found = await knownImage(engine, asked.name);
    return found && madeOf(asked, found);
  },

  update: (_engine, { outputs }, news) => Promise.resolve({ ...withoutMarks(outputs), ...withoutMarks(news) }),

  async remove({ api }, { inputs, outputs }) {
    const { name, keepLocally, forceRemove } = { ...outputs, ...inputs } as unknown as ImageInputs;
    if (keepLocally) return;
    try {
      await api.getImage(name).remove({ force: forceRemove ?? false });
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
    }
  },
};

function madeOf(inputs: ImageInputs, info: ImageInspectInfo): Made {
  const outputs = {
    ...withoutMarks(inputs),
    imageId: info.Id,
    repoDigest: repoDigest(inputs.name, info.RepoDigests ?? []),
  };
  return { id: `${info.Id}${inputs.name}`, outputs };
}

/** Of the digests that an image has in registries, the one of the registry that its name is of. */
export function repoDigest(name: string, digests: readonly string[]): string {
  const [bare = name] = name.split(":");
  const own = digests.length > 1 ? digests.find((digest) => digest.startsWith(bare)) : undefined;
  return own ?? digests[0] ?? "";
}
