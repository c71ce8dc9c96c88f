import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { SandstackError } from "../../model/error";
import type { LocalIntent } from "../ledger/intent";
import { GUEST_BINARY, guestRoot } from "./guest-binary";
import { keeperSpec } from "./keeper-spec";

/**
 * Removes all that a sandbox without a keeper left, by `sandstack-guest sweep`: what the keeper itself would have
 * done. What is gone already is passed over.
 */
export async function sweep(intent: LocalIntent): Promise<void> {
  // The version that made it knows what it made; a newer one does where that is gone.
  const own = join(intent.claims.guestRoot, GUEST_BINARY);
  const program = existsSync(own) ? own : join(guestRoot(), GUEST_BINARY);
  const child = spawn(program, ["sweep"], { cwd: "/", env: {}, stdio: ["pipe", "ignore", "pipe"] });
  child.stdin.on("error", () => {});
  child.stdin.end(keeperSpec(intent));
  const [words, code] = await Promise.all([
    text(child.stderr),
    new Promise<number | null>((resolve, reject) => child.once("error", reject).once("exit", resolve)),
  ]);
  if (code === 0) return;
  throw new SandstackError("INTERNAL", `The sweep of sandbox ${intent.spec.id} failed (${code}): ${words.trim()}`, {
    hint: "`sandstack gc` tries again; `sandstack gc --orphans` shows what is there.",
  });
}
