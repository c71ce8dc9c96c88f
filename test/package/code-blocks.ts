import { readFileSync } from "node:fs";

/** What a page of ours shows in a language, block by block: what is tested is what is read. */
export function codeBlocks(page: string, language: string): string[] {
  const blocks = readFileSync(page, "utf8").matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"));
  return [...blocks].map((match) => match[1] ?? "");
}
