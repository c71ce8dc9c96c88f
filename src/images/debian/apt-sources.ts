/** One archive of an apt configuration: one type, one place, one suite. */
export interface AptSource {
  uri: string;
  suite: string;
  components: readonly string[];
  /** Path of a keyring, or a whole key; undefined leaves it to the machine's trusted keys. */
  signedBy?: string;
}

/** The binary archives in a file of one-line entries: `deb [option=value] uri suite component…`. */
export function parseOneLineSources(text: string): AptSource[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)\s+([^#]+)/.exec(line);
    if (!match) return [];
    const [, options = "", uri = "", suite = "", components = ""] = match;
    const signedBy = /(?:^|\s)signed-by=(\S+)/i.exec(options)?.[1];
    return [source(uri, suite, words(components), signedBy)];
  });
}

/** The binary archives in a file of deb822 stanzas (`Types:`, `URIs:`, `Suites:`, …). */
export function parseDeb822Sources(text: string): AptSource[] {
  const lines = text.split("\n").filter((line) => !line.startsWith("#"));
  return lines
    .join("\n")
    .split(/\n[ \t]*\n/)
    .flatMap((stanza) => fromStanza(fieldsOf(stanza)));
}

function fromStanza(fields: ReadonlyMap<string, string>): AptSource[] {
  if (!words(fields.get("types")).includes("deb") || fields.get("enabled")?.toLowerCase() === "no") return [];
  return words(fields.get("uris")).flatMap((uri) =>
    words(fields.get("suites")).map((suite) =>
      source(uri, suite, words(fields.get("components")), fields.get("signed-by")),
    ),
  );
}

function fieldsOf(stanza: string): Map<string, string> {
  const fields = new Map<string, string>();
  let last = "";
  for (const line of stanza.split("\n")) {
    const match = /^([A-Za-z][\w-]*):(.*)$/.exec(line);
    if (match) fields.set((last = (match[1] as string).toLowerCase()), (match[2] as string).trim());
    // A key in place keeps its lines.
    else if (/^\s/.test(line) && last) fields.set(last, `${fields.get(last)}\n${line}`);
  }
  return fields;
}

function source(uri: string, suite: string, components: string[], signedBy: string | undefined): AptSource {
  return { uri: uri.replace(/\/+$/, ""), suite, components, ...(signedBy ? { signedBy } : {}) };
}

function words(text = ""): string[] {
  return text.split(/\s+/).filter(Boolean);
}

/** The same archives as deb822 text, as mmdebstrap reads it. */
export function formatDeb822Sources(sources: readonly AptSource[]): string {
  return sources
    .map(({ uri, suite, components, signedBy }) =>
      [
        "Types: deb",
        `URIs: ${uri}`,
        `Suites: ${suite}`,
        `Components: ${components.join(" ")}`,
        ...(signedBy ? [`Signed-By: ${signedBy}`] : []),
        "",
      ].join("\n"),
    )
    .join("\n");
}
