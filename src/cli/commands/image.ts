import type { Command } from "commander";
import { defineExport, defineImport, definePull, definePush } from "../image/carry";
import { defineDiff } from "../image/diff";
import { defineGc } from "../image/gc";
import { defineInspect, defineList } from "../image/list";
import type { Context } from "../program";

const EXAMPLES = `
Examples:
  sandstack image ls
  sandstack image diff debian:bookworm sha256:0a1b2c3d4e5f
  sandstack image export debian:bookworm ./bookworm.tar      # for docker load, podman, another machine
  sandstack image push debian:bookworm registry.example/team/agent:1
`;

export function define(command: Command, context: Context): void {
  command.addHelpText("after", EXAMPLES);
  // The store is closed to others: to them it would seem to be empty.
  command.hook("preAction", async () => (await import("../../images/index.js")).requireRoot("The store of images"));
  defineList(command.command("ls").summary("list the images of this machine"));
  defineInspect(command.command("inspect").summary("print what an image is"));
  defineDiff(command.command("diff").summary("say in which files two images differ"), context);
  defineGc(command.command("gc").summary("remove images that nobody uses"));
  defineExport(command.command("export").summary("write an image as an OCI image"), context);
  defineImport(command.command("import").summary("take in what export has written"), context);
  definePush(command.command("push").summary("leave an image in a registry"), context);
  definePull(command.command("pull").summary("take in what push has left"), context);
}
