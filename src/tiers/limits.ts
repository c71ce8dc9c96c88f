import { SandstackError } from "../model/error";
import { FieldWriter } from "../model/fields";
import type { GuestLink } from "../model/guest-link";
import { Tag, Verb } from "../model/protocol";
import type { MovableLimits } from "../model/tier";
import { changeContainer } from "./docker/limits";
import { readIntent, writeIntent } from "./ledger/entry";
import { isLocal } from "./ledger/intent";
import { changeCgroups } from "./local/limits";

/**
 * Moves the bounds of a living sandbox: where they are held, of what its guest tells and sets, and of its record.
 * @throws SandstackError LIMIT where it uses more memory than that now (version 2 of cgroups ends processes instead),
 * UNSUPPORTED for a bound that this machine's cgroups don't have, NO_ENGINE; nothing is written down then
 */
export async function changeLimits(link: GuestLink, id: string, limits: MovableLimits): Promise<void> {
  const intent = readIntent(id);
  if (intent === undefined) throw new SandstackError("NO_SUCH_SANDBOX", `There is no sandbox ${id} on this machine.`);
  if (isLocal(intent)) changeCgroups(intent, limits);
  else await changeContainer(intent, limits);
  const { cpus = 0, memory = 0, processes = 0 } = limits;
  const fields = new FieldWriter()
    .number(Tag.MEM_LIMIT, memory)
    .number(Tag.PIDS_LIMIT, processes)
    .number(Tag.CPUS, Math.round(cpus * 1000));
  await link.request(Verb.SET_LIMITS, fields);
  writeIntent({ ...intent, spec: { ...intent.spec, limits: { ...limits, disk: intent.spec.limits.disk } } });
}
