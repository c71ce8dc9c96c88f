import type { Marked } from "../../model/docker/labels";
import { ledgerId } from "../ledger/ledger-id";
import { machineId } from "../system/machine-id";

/** Where the record of what is at an engine is: other machines see it too. */
export type Origin = Pick<Marked, "ledger" | "machine">;

export function originHere(): Origin {
  return { ledger: ledgerId(), machine: machineId() };
}
