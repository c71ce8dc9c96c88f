import type { CommandShape } from "./tree";

/** A completion script for bash; what it does not know it leaves to bash's own completion of files. */
export function bashScript(shapes: readonly CommandShape[]): string {
  const top = shapes.filter((shape) => !shape.name.includes(" "));
  const nested = shapes.filter((shape) => shape.name.includes(" "));
  return `# sandstack completion bash: source it, or put it into /etc/bash_completion.d/
_sandstack() {
  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} command=\${COMP_WORDS[1]} words="" at
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W "${names(top)}" -- "$word"))
    return
  fi
  for ((at = 2; at < COMP_CWORD; at++)); do
    [[ \${COMP_WORDS[at]} == -- ]] && return
  done
  case "$command \${COMP_WORDS[2]}" in
${nested.map((shape) => `    "${shape.name}") ((COMP_CWORD > 2)) && command="${shape.name}" ;;\n`).join("")}  esac
  case "$command $previous" in
${shapes.map(valueCases).join("")}  esac
  case "$command" in
${shapes.map((shape) => commandCase(shape, nested)).join("")}  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o bashdefault -o default -F _sandstack sandstack
`;
}

function names(shapes: readonly CommandShape[]): string {
  return shapes.map((shape) => shape.name.split(" ").at(-1)).join(" ");
}

function valueCases({ name, options }: CommandShape): string {
  return options
    .filter((option) => option.takesValue)
    .map(({ long, choices }) => {
      const then = choices.length > 0 ? `COMPREPLY=($(compgen -W "${choices.join(" ")}" -- "$word")); ` : "";
      return `    "${name} ${long}") ${then}return ;;\n`;
    })
    .join("");
}

function commandCase(shape: CommandShape, nested: readonly CommandShape[]): string {
  const below = nested.filter((one) => one.name.startsWith(`${shape.name} `));
  const words = below.length > 0 ? names(below) : "";
  const sandboxes =
    shape.takesSandbox || below.some((one) => one.takesSandbox) ? "$(sandstack ls --quiet 2>/dev/null)" : "";
  const options = shape.options.map((option) => option.long).join(" ");
  return `    "${shape.name}") if [[ $word == -* ]]; then words="${options}"; else words="${[words, sandboxes].filter(Boolean).join(" ")}"; fi ;;\n`;
}
