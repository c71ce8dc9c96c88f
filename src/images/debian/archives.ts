import { existsSync } from "node:fs";
import { SandstackError } from "../../model/error";
import type { BuildContext } from "../context";
import type { AptSource } from "./apt-sources";
import type { Candidate } from "./candidates";
import { type Answer, askForRelease } from "./release-file";

/** The two whose suites this can make, by the name that stands in their release files. */
const KEYRINGS: Record<string, string> = {
  Debian: "/usr/share/keyrings/debian-archive-keyring.gpg",
  Ubuntu: "/usr/share/keyrings/ubuntu-archive-keyring.gpg",
};

/** What a suite is made from where nobody chose. */
const COMPONENTS: Record<string, readonly string[]> = { Debian: ["main"], Ubuntu: ["main", "universe"] };

/**
 * Where a suite is really to be had from, the archive of the suite itself first: asks every candidate, and keeps for each
 * pocket the first archive that is the distribution's own and carries it.
 * @throws SandstackError INVALID_OPTION for a suite that none of them has, and where there is no candidate at all;
 * BUILD_FAILED where none can be reached
 */
export async function findArchives(
  suite: string,
  candidates: readonly Candidate[],
  context: BuildContext,
): Promise<AptSource[]> {
  const answers = await Promise.all(
    candidates.map(async (candidate) => ({
      candidate,
      answer: await askForRelease(candidate, context.work.path, context),
    })),
  );
  return chooseArchives(suite, answers);
}

export function chooseArchives(suite: string, asked: readonly { candidate: Candidate; answer: Answer }[]): AptSource[] {
  const found = asked.flatMap(({ candidate, answer }) =>
    answer.kind === "release" && answer.origin in KEYRINGS ? [{ candidate, origin: answer.origin }] : [],
  );
  const base = found.find(({ candidate }) => candidate.pocket === "");
  if (!base) throw notFound(suite, asked);
  const ofPocket = new Map(
    found
      .filter(({ origin }) => origin === base.origin)
      .reverse()
      .map(({ candidate, origin }) => [candidate.pocket, sourceOf(candidate, origin)]),
  );
  return [...ofPocket].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, source]) => source);
}

/** A key and components chosen for the machine's own suite may be that suite's alone. */
function sourceOf({ uri, suite, components, signedBy, own }: Candidate, origin: string): AptSource {
  const keyring = KEYRINGS[origin] as string;
  const key = own ? signedBy : existsSync(keyring) ? keyring : signedBy;
  return { uri, suite, components: own ? components : (COMPONENTS[origin] ?? []), ...(key ? { signedBy: key } : {}) };
}

function notFound(suite: string, asked: readonly { candidate: Candidate; answer: Answer }[]): SandstackError {
  const base = asked.filter(({ candidate }) => candidate.pocket === "");
  if (base.length === 0) {
    return new SandstackError(
      "INVALID_OPTION",
      `from.debian: this machine has no apt source of Debian or Ubuntu to make ${JSON.stringify(suite)} from.`,
      { hint: 'Say where to get it from, e.g. from: { debian: "bookworm", mirror: "http://mirror.example/debian" }.' },
    );
  }
  const where = [...new Set(base.map(({ candidate }) => candidate.uri))].join(", ");
  const failed = base.find(({ answer }) => answer.kind === "failed")?.answer;
  if (failed?.kind === "failed" && !base.some(({ answer }) => answer.kind === "absent")) {
    return new SandstackError(
      "BUILD_FAILED",
      `from.debian: ${JSON.stringify(suite)} cannot be had from ${where}: ${failed.why}`,
      {
        hint: "Check the network and apt's proxy, or pass another `mirror`.",
      },
    );
  }
  return new SandstackError("INVALID_OPTION", `from.debian: ${JSON.stringify(suite)} is not a suite of ${where}.`, {
    hint: "Suites have names such as bookworm or noble; one of another distribution needs its archive as `mirror`.",
  });
}
