import { describe } from "vitest";
import { openPlace, PLACES } from "./place";
import { capsHold, DISK_TAKER, opened, SOCKET_TAKERS, TAKERS } from "./suites";

// The caps hold for whoever the payload is. Not proven: fairness below the cap.

const limits = { processes: 100, memory: "64MiB", disk: "48MiB" };

describe.each(PLACES)(
  "$tier as $user, with 100 processes, 64 MiB of memory and 48 MiB of disk, cannot take",
  (where) => {
    capsHold(
      opened(() => openPlace(where, { limits })),
      [...TAKERS, ...SOCKET_TAKERS, DISK_TAKER],
    );
  },
);
