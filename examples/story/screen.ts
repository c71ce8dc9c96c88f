import { present, styleFor } from "../../src/cli/style";

const INDENT = "   ";

/** Where the story is told: numbered headings, indented lines, what a program writes behind a bar. */
export class Screen {
  private acts = 0;
  private readonly style: ReturnType<typeof styleFor>;

  constructor(private readonly stream: NodeJS.WriteStream = process.stdout) {
    this.style = styleFor(stream);
  }

  act(title: string): void {
    this.acts += 1;
    this.stream.write(present(`\n${this.style("dim", `${this.acts}.`)} ${this.style("bold", title)}\n`));
  }

  say(text: string): void {
    for (const line of text.trimEnd().split("\n")) this.stream.write(present(`${INDENT}${line}`.trimEnd() + "\n"));
  }

  /** What is as it should be. */
  good(text: string): void {
    this.say(this.style("green", text));
  }

  /** What is broken or lost. */
  bad(text: string): void {
    this.say(this.style("red", text));
  }

  /** A command, as one types it. */
  command(line: string): void {
    this.say(`${this.style("dim", "$")} ${line}`);
  }

  /** Takes what a program writes, in pieces as they come, and shows it line by line. */
  quoting(): (text: string) => void {
    let begun = "";
    return (text) => {
      const lines = (begun + text).split("\n");
      begun = lines.pop() ?? "";
      for (const line of lines) this.say(`${this.style("dim", "|")} ${line}`);
    };
  }
}
