import type { Command } from "commander";
import type { Image } from "../../model/image";
import { JSON_OPTION, printJson } from "../options/json";
import { TLS_OPTION } from "../options/tls";
import type { Context } from "../program";
import { ProgressBar } from "../progress";
import { IMAGE_ARGUMENT } from "./list";
import { print } from "../output";

const REF_ARGUMENT = ["<ref>", "such as registry.example/team/agent:1"] as const;

const LOGIN = `
The login is the one that \`skopeo login\` or \`docker login\` has written down; REGISTRY_AUTH_FILE names another file.
`;

interface Values {
  json?: boolean;
  tlsVerify?: boolean;
}

export function defineExport(command: Command, context: Context): void {
  command
    .description(
      "Write an image as an OCI image: an archive where the path ends in .tar, else a layout directory. " +
        "docker load takes it too. The same image gives the same bytes.",
    )
    .argument(...IMAGE_ARGUMENT)
    .argument("<path>", "where nothing stands yet")
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      `
Examples:
  sandstack image export debian:bookworm ./bookworm.tar && docker load -i ./bookworm.tar
  sandstack image export sha256:0a1b2c3d4e5f ./layout
`,
    )
    .action(async (name: string, path: string, { json }: Values) => {
      const { exportImage } = await import("../../images/index.js");
      using bar = new ProgressBar();
      const { image, ociDigest } = await exportImage(name, path, { signal: context.signal, onProgress: bar.report });
      if (json) printJson({ image: image.digest, path, ociDigest });
      else print(`${ociDigest}\n`);
    });
}

export function defineImport(command: Command, context: Context): void {
  command
    .description(
      "Take in what export has written, here or elsewhere. Its files are read again and have to be those of its digest.",
    )
    .argument("<path>", "an archive or a layout directory")
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      `
Examples:
  sandstack image import ./bookworm.tar
`,
    )
    .action(async (path: string, { json }: Values) => {
      const { importImage } = await import("../../images/index.js");
      using bar = new ProgressBar();
      show(await importImage(path, { signal: context.signal, onProgress: bar.report }), json);
    });
}

export function definePush(command: Command, context: Context): void {
  command
    .description("Leave an image in a registry, and print the digest that it has there.")
    .argument(...IMAGE_ARGUMENT)
    .argument(...REF_ARGUMENT)
    .option(...TLS_OPTION)
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      `${LOGIN}
Examples:
  sandstack image push debian:bookworm registry.example/team/agent:1
  sandstack image push --tls-verify=false debian:bookworm 127.0.0.1:5000/agent:1
`,
    )
    .action(async (name: string, reference: string, { json, tlsVerify }: Values) => {
      const { pushImage } = await import("../../images/index.js");
      using bar = new ProgressBar();
      const ociDigest = await pushImage(name, reference, { signal: context.signal, onProgress: bar.report, tlsVerify });
      if (json) printJson({ reference, ociDigest });
      else print(`${ociDigest}\n`);
    });
}

export function definePull(command: Command, context: Context): void {
  command
    .description(
      "Take in what push has left in a registry. Its files are read again and have to be those of its digest.",
    )
    .argument(...REF_ARGUMENT)
    .option(...TLS_OPTION)
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      `${LOGIN}
Examples:
  sandstack image pull registry.example/team/agent:1
`,
    )
    .action(async (reference: string, { json, tlsVerify }: Values) => {
      const { pullImage } = await import("../../images/index.js");
      using bar = new ProgressBar();
      show(await pullImage(reference, { signal: context.signal, onProgress: bar.report, tlsVerify }), json);
    });
}

function show(image: Image, json: boolean | undefined): void {
  if (json) printJson(image);
  else print(`${image.digest}\n`);
}
