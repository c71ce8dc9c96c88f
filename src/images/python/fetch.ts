import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SandstackError } from "../../model/error";
import type { BuildContext } from "../context";
import { hasBlob, keepBlob } from "../store/blob";
import type { Wheel } from "./pins";
import { runPip } from "./pip";
import type { PythonTarget } from "./target";

/**
 * Brings the wheels into the store that it lacks, each checked by its hash.
 * @throws SandstackError NOT_FOUND naming those that the index has no more
 */
export async function fetchWheels(
  wheels: readonly Wheel[],
  target: PythonTarget,
  context: BuildContext,
): Promise<void> {
  const missing: Wheel[] = [];
  for (const wheel of wheels) if (!(await hasBlob("wheels", wheel.sha256))) missing.push(wheel);
  if (missing.length === 0) return;
  const folder = mkdtempSync(join(context.work.path, "wheels-"));
  const list = join(folder, "requirements.txt");
  const lines = missing.map(({ name, version, sha256 }) => `${name}==${version} --hash=sha256:${sha256}\n`);
  writeFileSync(list, lines.join(""));
  let begun = 0;
  const failure: unknown = await runPip(
    ["download", "--no-deps", "--require-hashes", `--dest=${folder}`, `--requirement=${list}`],
    target,
    context,
    {
      onLine(line) {
        const size = /^\s*Downloading \S+ \((.+)\)/.exec(line)?.[1];
        const name = /^\s*Collecting ([\w.-]+)/.exec(line)?.[1];
        if (name) begun += 1;
        if (name ?? size) report(context, begun, missing, size);
      },
    },
  ).then(
    () => undefined,
    (error: unknown) => error,
  );
  const kept = await Promise.all(missing.map(({ file, sha256 }) => keepBlob("wheels", join(folder, file), sha256)));
  const lost = missing.filter((_, index) => !kept[index]);
  if (lost.length === 0) return;
  if (failure && (failure as SandstackError).code !== "INVALID_OPTION") throw failure as Error;
  // pip stops at the first that it does not find.
  const named = lost.filter(({ name, version }) => String(failure).includes(JSON.stringify(`${name}==${version}`)));
  const names = (named.length > 0 ? named : lost).map(({ name, version }) => `${name} ${version}`).join(", ");
  throw new SandstackError("NOT_FOUND", `python: the index has no more of what was pinned: ${names}.`, {
    cause: failure,
    hint: "Pin anew with `sandstack lock --upgrade`, or bring the store that has them.",
  });
}

function report(context: BuildContext, begun: number, missing: readonly Wheel[], size: string | undefined): void {
  const current = missing[Math.min(begun, missing.length) - 1];
  const detail = `wheel ${begun} of ${missing.length}: ${current?.file}${size ? ` (${size})` : ""}`;
  context.report("downloading wheels", ((begun - 1) / missing.length) * 0.6, detail);
}
