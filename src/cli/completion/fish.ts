import type { CommandShape } from "./tree";

/** A completion script for fish. */
export function fishScript(shapes: readonly CommandShape[]): string {
  const top = shapes.filter((shape) => !shape.name.includes(" "));
  const lines = [
    "# sandstack completion fish: source it, or put it into ~/.config/fish/completions/sandstack.fish",
    ...top.map(({ name, summary }) => `complete -c sandstack -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`),
    ...shapes.flatMap(commandLines),
  ];
  return `${lines.join("\n")}\n`;
}

function commandLines({ name, summary, options, takesSandbox }: CommandShape): string[] {
  const [parent, child] = name.split(" ") as [string, string?];
  const seen = (word: string) => `__fish_seen_subcommand_from ${word}`;
  const when = quote(child ? `${seen(parent)}; and ${seen(child)}` : seen(parent));
  const lines = child ? [`complete -c sandstack -n ${quote(seen(parent))} -a ${child} -d ${quote(summary)}`] : [];
  if (takesSandbox) lines.push(`complete -c sandstack -n ${when} -a '(sandstack ls --quiet 2>/dev/null)'`);
  for (const option of options) {
    const value =
      option.choices.length > 0 ? ` -x -a ${quote(option.choices.join(" "))}` : option.takesValue ? " -r" : "";
    lines.push(`complete -c sandstack -n ${when} -l ${option.long.slice(2)} -d ${quote(option.summary)}${value}`);
  }
  return lines;
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
