import type { Command } from "commander";
import type { ImageDifference } from "../../images";
import { JSON_OPTION, printJson } from "../options/json";
import type { Context } from "../program";
import { formatTable } from "../table";
import { print } from "../output";

const EXAMPLES = `
Examples:
  sandstack image diff sha256:0a1b2c3d4e5f sha256:5f4e3d2c1b0a
  sandstack image diff --json debian:bookworm rootfs:tree || echo they differ

Exits with 0 where they are the same, and with 1 where they differ.
`;

export function defineDiff(command: Command, context: Context): void {
  command
    .description(
      "Say in which files two images differ, as a sandbox would see them: content, mode, owner, time, link, xattr, " +
        "kind, or only in one of them.",
    )
    .argument("<a>", "digest, the beginning of one, or a reference")
    .argument("<b>", "likewise")
    .option(...JSON_OPTION)
    .addHelpText("after", EXAMPLES)
    .action(async (a: string, b: string, { json }: { json?: boolean }) => {
      const { compareImages, getImage } = await import("../../images/index.js");
      const [first, second] = [await getImage(a), await getImage(b)];
      const difference = await compareImages(first, second, context.signal);
      const same = difference.files.length === 0 && difference.config.length === 0;
      if (json) printJson({ a: first.digest, b: second.digest, same, ...difference });
      else print(same ? "They are the same.\n" : differenceTable(difference));
      if (!same) process.exitCode = 1;
    });
}

function differenceTable({ files, config }: ImageDifference): string {
  const rows = [
    ...config.map((name) => [name, "(of the image's config)"]),
    ...files.map(({ path, differs }) => [differs.join(", "), path]),
  ];
  return formatTable(["DIFFERS", "PATH"], rows);
}
