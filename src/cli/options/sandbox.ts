import { Option, type Command } from "commander";
import { parseDuration } from "../../model/ttl";
import { parseSize } from "../../model/size";
import { TIERS, type Network, type TierName } from "../../model/tier";
import { parseCpus, parseProcesses } from "./number";

/** The options of `run` and `create` that say what the sandbox is. */
export interface SandboxValues {
  tier?: TierName;
  image?: string;
  package?: string[];
  snapshot?: string;
  name?: string;
  ttl: number;
  cpus?: number;
  memory?: number;
  processes?: number;
  disk?: number;
  network: Network;
  user?: string;
  verbose?: boolean;
}

/** Puts them onto a command; each is parsed here, so that the error names the option as it was typed. */
export function addSandboxOptions(command: Command): Command {
  return command
    .addOption(new Option("--tier <tier>", "isolation (default: nspawn)").choices(TIERS))
    .option(
      "--image <image>",
      "sha256:DIGEST, debian:SUITE, oci:REFERENCE, or the path of a rootfs (default: this machine's suite)",
    )
    .option("--package <name>", "Debian package to have in the image (repeat)", collect)
    .option("--snapshot <id>", "begin from a snapshot instead of an image")
    .option("--name <name>", "to find the sandbox by")
    .addOption(
      new Option("--ttl <duration>", "the sandbox ends after it")
        .argParser((value) => parseDuration("--ttl", value))
        .default(300_000, "5m"),
    )
    .option("--cpus <number>", "processors, such as 0.5", parseCpus)
    .option("--memory <size>", "such as 512MiB", (value) => parseSize("--memory", value))
    .option("--processes <number>", "processes and threads at once", parseProcesses)
    .option("--disk <size>", "of all that the sandbox writes, such as 1GiB", (value) => parseSize("--disk", value))
    .addOption(
      new Option("--network <network>", "host: the machine's own, open (chroot only)")
        .choices(["none", "host"])
        .default("none"),
    )
    .option("--user <user>", "who commands run as (default: agent)")
    .option("--verbose", "say more about what is done, and about errors");
}

/** A parser for options that may be repeated. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
