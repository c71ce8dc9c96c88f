/** What of apt's configuration says how to reach archives. */
const REACHING = /^Acquire::(https?|ftp|Check-|Retries|ForceIPv|Queue)/i;

/** The lines of `apt-config dump` with which the same archives are reached from a new root file system. */
export function carriedAptConfig(dump: string): string {
  const carried = dump.split("\n").filter((line) => REACHING.test(line) && !line.endsWith(' "";'));
  const own = [
    'Acquire::Languages "none";',
    'Dir::Etc::netrc "/etc/apt/auth.conf";',
    'Dir::Etc::netrcparts "/etc/apt/auth.conf.d";',
  ];
  return [...carried, ...own, ""].join("\n");
}
