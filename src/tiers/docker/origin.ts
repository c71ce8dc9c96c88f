import type { Marked } from "../../model/docker/labels";
import { ledgerId } from "../ledger/ledger-id";
import { machineId } from "../system/machine-id";

/** The place of the record of what is at an engine: other machines see it too. */
export type Origin = Pick<Marked, "ledger" | "machine">;

export function originHere(): Origin {
  return { ledger: ledgerId(), machine: machineId() };
}
