import { SandstackError } from "../../model/error";
import { shortened } from "../../model/json-place";

/** One requirement on one line, as pip takes it. */
export interface Requirement {
  text: string;
  /** Whether it says which files it may be. */
  hashed: boolean;
}

/** Brackets in brackets: nobody writes three, and each is one more call. */
const MAX_DEPTH = 50;

/** What a requirement is made of. None begins with a dash but a hash, so that none is an option to pip; none backtracks. */
const TOKENS = {
  name: /[A-Za-z0-9][\w.-]*/y,
  comparison: /===|[<>=!~]=|[<>]/y,
  version: /[A-Za-z0-9][\w.*+!]*/y,
  variable: /[a-z][a-z_]*/y,
  quoted: /'[\w.*+ /]*'|"[\w.*+ /]*"/y,
  hash: /--hash=sha256:[0-9a-f]{64}(?= |$)/y,
};

/**
 * `numpy`, `pandas[performance]>=2,<3`, `tomli>=2; python_version < "3.11"`, with hashes as pip-compile writes them.
 * @throws SandstackError INVALID_OPTION naming the place
 */
export function parseRequirement(place: string, given: unknown): Requirement {
  const text = typeof given === "string" ? given.trim().replace(/\s+/g, " ") : "";
  const reader = new Reader(text);
  if (readRequirement(reader)) return { text, hashed: text.includes("--hash=") };
  throw new SandstackError("INVALID_OPTION", `${place}: ${shortened(given)} is not valid.`, {
    hint: text.startsWith("-")
      ? "Options are pip's own matter: its configuration (pip config, PIP_INDEX_URL) says where packages come from."
      : `It takes a package of an index such as "numpy", "pandas==2.1.4" or "tomli>=2; python_version < '3.11'"; paths, addresses and repositories have no hash to hold them to.`,
  });
}

function readRequirement(reader: Reader): boolean {
  if (!reader.take("name")) return false;
  if (reader.is("[") && !(reader.list("name") && reader.is("]"))) return false;
  const isWrapped = reader.is("(");
  if (reader.at(TOKENS.comparison) && !reader.list("comparison", "version")) return false;
  if (isWrapped && !reader.is(")")) return false;
  if (reader.is(";") && !readMarker(reader)) return false;
  while (reader.take("hash"));
  return reader.isDone();
}

/** `a < "b" and (c in "d" or …)` */
function readMarker(reader: Reader, depth = 0): boolean {
  if (depth === MAX_DEPTH) return false;
  do {
    const isWrapped = reader.is("(");
    if (isWrapped ? !(readMarker(reader, depth + 1) && reader.is(")")) : !readComparison(reader)) return false;
  } while (reader.word("and") || reader.word("or"));
  return true;
}

function readComparison(reader: Reader): boolean {
  const operand = () => reader.take("quoted") || reader.take("variable");
  const operator = () => reader.take("comparison") || reader.word("in") || (reader.word("not") && reader.word("in"));
  return operand() && operator() && operand();
}

/** Reads a text token by token; spaces between them do not count. */
class Reader {
  private position = 0;

  constructor(private readonly text: string) {}

  isDone(): boolean {
    this.skipSpaces();
    return this.position === this.text.length;
  }

  at(token: RegExp): boolean {
    this.skipSpaces();
    token.lastIndex = this.position;
    return token.test(this.text);
  }

  take(token: keyof typeof TOKENS): boolean {
    const pattern = TOKENS[token];
    if (!this.at(pattern)) return false;
    this.position = pattern.lastIndex;
    return true;
  }

  is(sign: string): boolean {
    this.skipSpaces();
    if (!this.text.startsWith(sign, this.position)) return false;
    this.position += sign.length;
    return true;
  }

  word(word: string): boolean {
    const before = this.position;
    if (this.is(word) && !/\w/.test(this.text[this.position] ?? "")) return true;
    this.position = before;
    return false;
  }

  /** Groups of tokens with commas between them. */
  list(...tokens: (keyof typeof TOKENS)[]): boolean {
    do {
      if (!tokens.every((token) => this.take(token))) return false;
    } while (this.is(","));
    return true;
  }

  private skipSpaces(): void {
    while (this.text[this.position] === " ") this.position += 1;
  }
}
