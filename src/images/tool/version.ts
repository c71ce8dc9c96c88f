import { endOfTool, startTool } from "./run-tool";

/** What a tool calls its version: the last word of its first line. */
export async function toolVersion(name: string): Promise<string> {
  const lines: string[] = [];
  const child = startTool([name, "--version"], { stdio: ["ignore", "pipe", "pipe"] });
  await endOfTool(child, (line) => lines.push(line));
  return lines[0]?.split(" ").at(-1) ?? "unknown";
}
