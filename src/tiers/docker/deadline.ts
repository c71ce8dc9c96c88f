import type { DockerAddress } from "../../model/tier";
import { writeDeadline } from "../ledger/entry";
import { engineAt } from "./engine";
import { fromEngine } from "./engine-error";
import { lease } from "./reaper";

/** Tells those who keep a sandbox's deadline beside its guest that it was moved: no keeper is there to do so. */
export async function moveDeadline({ host }: DockerAddress, id: string, deadline: number): Promise<void> {
  try {
    await lease(await engineAt(host), id, deadline);
  } catch (error) {
    throw fromEngine(error, host, "moving a deadline");
  }
  writeDeadline(id, deadline);
}
