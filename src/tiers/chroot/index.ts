import { SandstackError } from "../../model/error";
import type { SandboxSpec } from "../../model/tier";
import { localTier } from "../local/local-tier";
import { readAccountFile, shiftIds, type AccountFile } from "../local/passwd";

/** No namespace but mount and network: processes of the sandbox are processes of the machine, with uids of their own. */
export const chroot = localTier({ tier: "chroot", requirements: [], check: refuseRoot, files: accounts });

function refuseRoot({ user }: SandboxSpec): void {
  if (user !== "root" && user !== "0") return;
  throw new SandstackError("USER_REFUSED", `user: ${JSON.stringify(user)} is refused on tier chroot.`, {
    hint: "Without a user namespace root is the machine's own. The nearest tier with a root inside is nspawn.",
  });
}

/** The sandbox's ids are the machine's own here, so its account files show them as they are. */
function accounts({ layers }: SandboxSpec, uidBase: number): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const kind of ["passwd", "group"] satisfies AccountFile[]) {
    const text = readAccountFile(layers, kind);
    if (text !== undefined) shown[`/etc/${kind}`] = shiftIds(kind, text, uidBase);
  }
  return shown;
}
