// Texts that npm takes for a package of a registry, and for nothing else: a path, an address, a repository or an option
// is none of these.

const NAME_TEXT = String.raw`(?:@[\w~-][\w.~-]*\/)?[\w~][\w.~-]*`;

export const NAME = new RegExp(`^${NAME_TEXT}$`);
export const VERSION = /^[0-9][\w.+-]*$/;

/** The place where a lock has a package: each folder below the one before. */
export const PLACE = new RegExp(String.raw`^node_modules\/${NAME_TEXT}(?:\/node_modules\/${NAME_TEXT})*$`);

/** `^1.2 || 2`, `latest`, or nothing. What begins with a dot or ends as an archive does npm takes for a path. */
const RANGE = /^(?!\.)(?!.*\.(?:tgz|tar|tar\.gz)$)[\w.^~<>=|*+ -]*$/i;

export function isRange(text: string): boolean {
  return RANGE.test(text);
}

/** A range, or another package under this name: `npm:other@^1`. */
export function isWanted(text: string): boolean {
  const [, name, range = ""] = /^npm:(@?[^@]+)(?:@(.*))?$/.exec(text) ?? [];
  return name === undefined ? isRange(text) : NAME.test(name) && isRange(range);
}
