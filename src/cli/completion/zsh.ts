import type { CommandShape, OptionShape } from "./tree";

/** A completion script for zsh. */
export function zshScript(shapes: readonly CommandShape[]): string {
  const top = shapes.filter((shape) => !shape.name.includes(" "));
  return `#compdef sandstack
# sandstack completion zsh: put it into a directory of $fpath as _sandstack, or source it after compinit
_sandstack_sandboxes() { compadd -- \${(f)"$(sandstack ls --quiet 2>/dev/null)"} }
_sandstack() {
  local -a commands=(
${top.map((shape) => `    ${described(shape)}\n`).join("")}  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  case "$words[2]" in
${top.map((shape) => commandCase(shape, shapes)).join("")}  esac
}
compdef _sandstack sandstack
`;
}

function commandCase(shape: CommandShape, all: readonly CommandShape[]): string {
  const below = all.filter((one) => one.name.startsWith(`${shape.name} `));
  const options = [shape, ...below].flatMap((one) => one.options);
  const unique = [...new Map(options.map((option) => [option.long, option])).values()];
  const takesSandbox = [shape, ...below].some((one) => one.takesSandbox);
  const words = below.map((one) => one.name.split(" ")[1]).join(" ");
  const first = words ? ` '1::command:(${words})'` : "";
  const rest = takesSandbox ? "_sandstack_sandboxes" : "_default";
  return `    ${shape.name}) shift words; ((CURRENT--)); _arguments ${unique.map(spec).join(" ")}${first} '*:argument:${rest}' ;;\n`;
}

function spec({ long, summary, takesValue, choices }: OptionShape): string {
  const text = summary.replace(/[[\]:]/g, "\\$&");
  const value = takesValue ? `:value:${choices.length > 0 ? `(${choices.join(" ")})` : "_default"}` : "";
  return quote(`*${long}[${text}]${value}`);
}

function described({ name, summary }: CommandShape): string {
  return quote(`${name}:${summary}`);
}

function quote(text: string): string {
  return `'${text.replace(/'/g, "'\\''")}'`;
}
