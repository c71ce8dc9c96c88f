import { SandstackError } from "../../model/error";
import type { BuildContext } from "../context";
import { hasBlob, keepBlob } from "../store/blob";
import { runFetch } from "../tool/fetch";
import type { DebianImage } from "./debian";
import { DownloadMeter } from "./download-meter";
import { explainFailure } from "./failure";
import type { PinnedDeb } from "./pins";
import { candidatesFor } from "./resolve";

/** apt's own patience is for one archive; with many packages of one that does not answer it would take minutes. */
const OPTIONS = ["-o", "Acquire::Retries=1"];

/**
 * Brings the packages into the store that it lacks, from any archive that still has them.
 * @throws SandstackError NOT_FOUND naming those that no archive has any more; BUILD_FAILED where none answers, or with
 * something else
 */
export async function fetchDebs(image: DebianImage, debs: readonly PinnedDeb[], context: BuildContext): Promise<void> {
  let missing: PinnedDeb[] = [];
  for (const deb of debs) if (!(await hasBlob("debs", deb.sha256))) missing.push(deb);
  if (missing.length === 0) return;
  const meter = new DownloadMeter(missing, context);
  const said: string[] = [];
  const tried: string[] = [];
  for (const round of archiveRounds(image, missing)) {
    const wanted = missing.filter((deb) => round.has(deb.archive));
    if (wanted.length === 0) continue;
    tried.push(...round.values());
    said.push(...(await download(wanted, round, meter, context)));
    const kept = await Promise.all(missing.map((deb) => keepBlob("debs", meter.file(deb), deb.sha256)));
    missing = missing.filter((_, index) => !kept[index]);
    if (missing.length === 0) return;
  }
  throw explainMissing(image.suite, missing, [...new Set(tried)], said);
}

/** Archive → address, in the order in which they are to be tried. */
function archiveRounds(image: DebianImage, debs: readonly PinnedDeb[]): Map<string, string>[] {
  const archives = [...new Set(debs.map(({ archive }) => archive))];
  const candidates = candidatesFor(image);
  // An archive's own address first; a package may have moved to the suite's others meanwhile.
  const addresses = archives.map((archive) => {
    const own = candidates.filter(({ suite }) => suite === archive);
    return [...new Set([...own, ...candidates].map(({ uri }) => uri))];
  });
  const rounds = Math.max(0, ...addresses.map(({ length }) => length));
  return Array.from({ length: rounds }, (_, round) => {
    const entries = archives.map((archive, index) => [archive, addresses[index]?.[round]] as const);
    return new Map(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
  });
}

/** Through apt's own transports, so with its proxies and credentials. What comes is checked by hash. */
async function download(
  debs: readonly PinnedDeb[],
  addresses: ReadonlyMap<string, string>,
  meter: DownloadMeter,
  { signal, log, options }: BuildContext,
): Promise<string[]> {
  const lines: string[] = [];
  const items = debs.flatMap((deb) => [
    `${addresses.get(deb.archive)}/${deb.path}`,
    meter.file(deb),
    `SHA256:${deb.sha256}`,
  ]);
  const env = { ...process.env, LC_ALL: "C" };
  const argv = ["/usr/lib/apt/apt-helper", ...OPTIONS, "download-file", "--", ...items];
  const fetching = runFetch(argv, {
    ...{ from: "from.debian: the archive", code: "BUILD_FAILED", folder: meter.folder, promised: meter.total },
    ...{ signal, env, limits: options.fetchLimits },
    onLine(line) {
      log(line);
      lines.push(line);
    },
  });
  await meter.watch(() => fetching);
  return lines;
}

function explainMissing(
  suite: string,
  missing: readonly PinnedDeb[],
  tried: readonly string[],
  lines: readonly string[],
): SandstackError {
  const names = missing.map(({ name, version }) => `${name} ${version}`);
  const shown = names.length > 5 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", ");
  const failures = lines.filter((line) => line.startsWith("E: Failed to fetch"));
  const gone = failures.every((line) => / 404 | 410 |File not found/.test(line));
  if (tried.length > 0 && !gone) {
    const { code, message, cause, hint } = explainFailure(suite, { tool: "apt-helper", exitCode: 100, lines });
    return new SandstackError(code, `${message} The store lacks ${shown}.`, { cause, hint });
  }
  const where = tried.length > 0 ? tried.join(" or ") : "any apt source of this machine";
  return new SandstackError("NOT_FOUND", `from.debian: ${shown} cannot be had from ${where} any more.`, {
    hint: "The store of a machine that has built this image still has it; else take what there is now: sandstack lock --upgrade.",
    cause: lines.slice(-20).join("\n"),
  });
}
