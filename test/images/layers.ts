import { afterEach } from "vitest";
import { Sandbox } from "../../runtime";
import { openBuildSandbox } from "../../runtime/build-sandbox";
import { buildImage, defaultImage, removeImage } from "../../src/images";
import type { BuildProgress, Image, ImageArgs } from "../../src/model/image";
import { LOCAL_TIERS, type LocalTierName } from "../../src/model/tier";

/** What has all that packages of Python and of npm need; the default image's Python has too little. */
export const AGENT_BASE: ImageArgs = { ...defaultImage(), packages: ["nodejs", "python3"] };

export interface LayersMaker {
  /** An image on top of the default one, with all that its steps need. */
  build: (args: Partial<ImageArgs>, onProgress?: (progress: BuildProgress) => void) => Promise<Image>;
}

/** Builds images on top of the one that all tests have, and takes away after each test what was added to it. */
export function useLayers(): LayersMaker {
  const made: string[] = [];
  afterEach(async () => {
    for (const digest of made.splice(0)) await removeImage(digest);
  });
  return {
    async build(args, onProgress) {
      const image = await buildImage({ ...defaultImage(), ...args }, { sandbox: openBuildSandbox, onProgress });
      made.push(image.digest);
      return image;
    },
  };
}

/** What a command writes in a sandbox of an image, on every tier. */
export async function onTiers(
  image: Image,
  command: string | readonly string[],
  user?: string,
): Promise<Record<LocalTierName, string>> {
  const said = {} as Record<LocalTierName, string>;
  for (const tier of LOCAL_TIERS) {
    await using sandbox = await Sandbox.create({ tier, image: image.digest, user });
    const { stdout, stderr } = await sandbox.commands.run(command, { reject: false });
    said[tier] = stdout + stderr;
  }
  return said;
}

/** The same on each. */
export function everywhere(text: string): Record<LocalTierName, string> {
  return Object.fromEntries(LOCAL_TIERS.map((tier) => [tier, text])) as Record<LocalTierName, string>;
}
