import type { Command } from "commander";
import { formatSize } from "../../model/size";
import { JSON_OPTION, printJson } from "../options/json";
import { formatTable } from "../table";
import { shortDigest } from "./list";
import { print } from "../output";

const EXAMPLES = `
Examples:
  sandstack image gc --dry-run
  sandstack image gc            # safe at any time: what a sandbox, a snapshot or a record has stays

What goes: images that no sandbox, snapshot or record has, and that nobody has asked for in the last ten minutes; layers
that no image has; downloads (packages and blobs) that no declaration needs which was built in the last 30 days. What a
stack declares and no sandbox uses goes too: the next \`up\` makes it again.
`;

export function defineGc(command: Command): void {
  command
    .description("Remove images that nobody uses, and of the downloads what is old.")
    .option("--dry-run", "say what would be removed, and remove nothing")
    .option(...JSON_OPTION)
    .addHelpText("after", EXAMPLES)
    .action(async ({ dryRun = false, json }: { dryRun?: boolean; json?: boolean }) => {
      const [{ layersInUse }, { collectImages }] = await Promise.all([
        import("../../tiers/index.js"),
        import("../../images/index.js"),
      ]);
      const garbage = await collectImages(layersInUse(), { dryRun });
      if (json) {
        printJson({ dryRun, ...garbage });
        return;
      }
      const { images, layers, downloads, spared } = garbage;
      const rows = [
        ...images.map(({ digest, reference, sizeBytes }) => [
          "image",
          shortDigest(digest),
          reference,
          formatSize(sizeBytes),
        ]),
        ...layers.map((layer) => ["layer", layer.slice(0, 12), "of no image", "-"]),
        ...(downloads.count > 0 ? [["downloads", String(downloads.count), "-", formatSize(downloads.sizeBytes)]] : []),
      ];
      const what = dryRun ? "would be removed" : "removed";
      print(
        rows.length === 0
          ? "There is nothing to remove.\n"
          : `${formatTable(["KIND", "WHICH", "REFERENCE", "SIZE"], rows)}${rows.length} ${what}\n`,
      );
      if (spared.length > 0) {
        const names = spared.map(({ digest }) => shortDigest(digest)).join(", ");
        print(`asked for in the last ten minutes, and so kept: ${names}\n`);
      }
    });
}
