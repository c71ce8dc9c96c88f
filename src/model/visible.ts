/** Colours and the like of a tool's output. */
// eslint-disable-next-line no-control-regex
const SEQUENCE = /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]/g;
/** Characters that a terminal obeys or shows out of order: C0, DEL, C1, marks of direction, half characters. */
const OBEYED =
  // eslint-disable-next-line no-control-regex
  /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const KEPT = ["\n", "\t"];
const NAMES: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\x1b": "\\e" };

/**
 * Somebody else's text as it may be shown to people: what a terminal would obey stands there to be read. Lines stay lines,
 * and a tool's colours are left out.
 */
export function visible(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replace(SEQUENCE, "")
    .replace(OBEYED, (found) => (KEPT.includes(found) ? found : named(found)));
}

/** Shows as visible does what is one line wherever it comes from: a name, a table's cell. Nothing of it is left out. */
export function oneLine(text: string): string {
  return text.replace(OBEYED, named);
}

/** JSON that says the same and can be shown on a terminal. */
export function visibleJson(json: string): string {
  // Nothing but a line's end or a space stands between values; all else is in a text, where this is an escape.
  return json.replace(OBEYED, (found) => (found === "\n" ? found : `\\u${hex(found, 4)}`));
}

function named(found: string): string {
  const { length } = hex(found, 1);
  return NAMES[found] ?? (length > 2 ? `\\u${hex(found, 4)}` : `\\x${hex(found, 2)}`);
}

function hex(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).padStart(digits, "0");
}
