import { refuseDisk } from "../../src/model/sandbox-options";
import { isPlain } from "../declaration";
import type { LimitArgs } from "../sandbox-instance";
import { megabytesOf } from "./container";

/** @throws SandstackError INVALID_OPTION or UNSUPPORTED for what a container can't be bounded by, and can be seen now */
export function checkContainerLimits({ disk, memory }: LimitArgs): void {
  refuseDisk(disk);
  if (memory !== undefined && isPlain(memory)) megabytesOf(memory as string | number);
}
