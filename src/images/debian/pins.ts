import { HEX_DIGEST, type JsonPlace } from "../../model/json-place";

/** One package by its content, and where its archive keeps it. */
export interface PinnedDeb {
  name: string;
  version: string;
  /** Of the package; `all` where it is of none. */
  architecture: string;
  /** The suite that has it, such as `bookworm-security`. */
  archive: string;
  /** Below the archive's address, as apt asks for it. */
  path: string;
  size: number;
  sha256: string;
}

/** All that a suite's layer is made from. Which mirror it came from is no part of it. */
export interface DebianPins extends Record<string, unknown> {
  /** As dpkg names it. */
  architecture: string;
  /** What the image's own apt is to know of its mirror; nothing where none is declared. */
  archives: readonly { suite: string; components: readonly string[] }[];
  /** Everything that is installed, by name. */
  packages: readonly PinnedDeb[];
}

/** @throws SandstackError CORRUPT naming the place */
export function parseDebianPins(pins: JsonPlace): DebianPins {
  return {
    architecture: pins.field("architecture").text(/^[a-z0-9][a-z0-9-]*$/, "an architecture such as amd64"),
    archives: pins
      .field("archives")
      .list()
      .map((archive) => ({ suite: suite(archive.field("suite")), components: words(archive.field("components")) })),
    packages: pins.field("packages").distinct(parseDeb, ({ name }) => name),
  };
}

function parseDeb(deb: JsonPlace): PinnedDeb {
  return {
    name: deb.field("name").text(/^[a-z0-9][a-z0-9+.-]+$/, "a package's name"),
    version: deb.field("version").text(/^[A-Za-z0-9][A-Za-z0-9.+:~-]*$/, "a package's version"),
    architecture: deb.field("architecture").text(/^[a-z0-9][a-z0-9-]*$/, "an architecture such as amd64, or all"),
    archive: suite(deb.field("archive")),
    path: deb.field("path").text(/^(?!\/)(?!.*\.\.\/)[\x21-\x7e]+\.deb$/, "a path below the archive"),
    size: deb.field("size").count(),
    sha256: deb.field("sha256").text(HEX_DIGEST, "64 hex digits"),
  };
}

function suite(place: JsonPlace): string {
  return place.text(/^[a-z][a-z0-9-]*$/, "the name of a suite");
}

function words(place: JsonPlace): string[] {
  return place.list().map((word) => word.text(/^[a-z0-9][a-z0-9-]*$/, "a component such as main"));
}

/** How apt calls the package's file. */
export function debFileName({ name, version, architecture }: PinnedDeb): string {
  return `${name}_${version.replaceAll(":", "%3a")}_${architecture}.deb`;
}
