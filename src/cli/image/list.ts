import type { Command } from "commander";
import type { Image } from "../../model/image";
import { formatSize } from "../../model/size";
import { oneLine } from "../../model/visible";
import { JSON_OPTION, printJson } from "../options/json";
import { formatTable } from "../table";
import { print } from "../output";

/** What `<image>` of a command takes. */
export const IMAGE_ARGUMENT = [
  "<image>",
  "digest, the beginning of one, or a reference such as debian:bookworm",
] as const;

const LIST_EXAMPLES = `
Examples:
  sandstack image ls
  sandstack image ls --json
`;

const INSPECT_EXAMPLES = `
Examples:
  sandstack image inspect debian:bookworm
  sandstack image inspect --json sha256:0a1b2c3d4e5f
`;

export function defineList(command: Command): void {
  command
    .description("List the images of this machine's store, the latest first.")
    .option(...JSON_OPTION)
    .addHelpText("after", LIST_EXAMPLES)
    .action(async ({ json }: { json?: boolean }) => {
      const { listImages } = await import("../../images/index.js");
      const images = await listImages();
      if (json) printJson(images);
      else print(imageTable(images));
    });
}

export function defineInspect(command: Command): void {
  command
    .description("Print what an image is: digest, size, layers from the top down, and what commands get from it.")
    .argument(...IMAGE_ARGUMENT)
    .option(...JSON_OPTION)
    .addHelpText("after", INSPECT_EXAMPLES)
    .action(async (name: string, { json }: { json?: boolean }) => {
      const { getImage } = await import("../../images/index.js");
      const image = await getImage(name);
      if (json) printJson(image);
      else print(factsOf(image));
    });
}

/** As much of a digest as people compare. */
export function shortDigest(digest: string): string {
  return digest.slice(0, "sha256:".length + 12);
}

function imageTable(images: readonly Image[]): string {
  const rows = images.map(({ digest, reference, sizeBytes, layers }) => [
    shortDigest(digest),
    reference,
    formatSize(sizeBytes),
    String(layers.length),
  ]);
  return formatTable(["IMAGE", "REFERENCE", "SIZE", "LAYERS"], rows);
}

function factsOf({ digest, reference, sizeBytes, layers, config }: Image): string {
  const env = Object.entries(config.env ?? {}).map(([name, value]) => ["env", `${name}=${value}`]);
  const facts = [
    ["digest", digest],
    ["reference", reference],
    ["size", formatSize(sizeBytes)],
    ...layers.map((layer) => ["layer", layer]),
    ...env,
    ...(config.user ? [["user", config.user]] : []),
    ...(config.cwd ? [["cwd", config.cwd]] : []),
  ];
  return facts.map(([name, value]) => `${name?.padEnd(9)}  ${oneLine(value ?? "")}\n`).join("");
}
