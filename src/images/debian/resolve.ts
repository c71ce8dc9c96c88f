import type { BuildContext } from "../context";
import type { AptSource } from "./apt-sources";
import { findArchives } from "./archives";
import { candidatesOf, candidatesOfMirror, type Candidate } from "./candidates";
import type { DebianImage } from "./debian";
import { machineSources, machineSuite } from "./machine";
import type { DebianPins, PinnedDeb } from "./pins";
import { architecture, ScratchApt } from "./scratch-apt";

/** Where an image's suite may be: in the mirror that it names, else where this machine gets its own packages. */
export function candidatesFor({ suite, mirror }: DebianImage): Candidate[] {
  return mirror ? candidatesOfMirror(suite, mirror) : candidatesOf(suite, machineSources(), machineSuite());
}

/** Asks the suite's archives what the image takes today: the essential packages and apt, then those asked for. */
export async function resolveDebian(image: DebianImage, context: BuildContext): Promise<DebianPins> {
  context.report("looking for the suite", 0, image.suite);
  const sources = await findArchives(image.suite, candidatesFor(image), context);
  context.report("fetching package lists", 0.01);
  const apt = await ScratchApt.open(image.suite, sources, context);
  context.report("choosing packages", 0.04);
  // /usr is merged from the beginning: the package that merges a grown one, and its Perl, are not wanted.
  if (await apt.knows("usr-is-merged")) apt.refuse("usrmerge");
  const debs = new Map<string, PinnedDeb>();
  const plan = async (argv: readonly string[]) => {
    const lines = await apt.run("apt-get", ["-qq", "--print-uris", ...argv]);
    for (const deb of lines.flatMap((line) => readPlanned(line, sources))) debs.set(deb.name, deb);
  };
  // In two goes, as mmdebstrap installs them: what the first brings decides among alternatives in the second.
  await plan(["dist-upgrade"]);
  if (image.packages.length > 0) {
    const names = [...debs.values()].map(({ name, version }) => `${name}=${version}`);
    apt.haveInstalled((await apt.run("apt-cache", ["show", "--", ...names])).join("\n"));
    await plan(["install", "--", ...image.packages]);
  }
  return {
    architecture: await architecture(),
    archives: image.mirror === undefined ? [] : sources.map(({ suite, components }) => ({ suite, components })),
    packages: [...debs.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** What a line of `--print-uris` tells: `'address' name_version_architecture.deb size SHA256:hash`. */
export function readPlanned(line: string, sources: readonly AptSource[]): PinnedDeb[] {
  const match = /^'([^']+)' ([^_\s]+)_([^_\s]+)_([^_\s]+)\.deb (\d+) SHA256:([0-9a-f]{64})$/.exec(line);
  if (!match) return [];
  const [, uri, name, version, architecture, size, sha256] = match as unknown as string[];
  const source = sources.find((one) => uri?.startsWith(`${one.uri}/`));
  if (!source) return [];
  return [
    {
      name: name as string,
      version: decodeURIComponent(version as string),
      architecture: architecture as string,
      archive: source.suite,
      path: (uri as string).slice(source.uri.length + 1),
      size: Number(size),
      sha256: sha256 as string,
    },
  ];
}
