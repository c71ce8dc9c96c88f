import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { errnoOf } from "../system/system-error";

/** Between bind and listen a socket refuses for a moment. */
const AGAIN_MS = 20;

/** Whether anybody listens at a socket. In doubt somebody does. */
export async function isListening(path: string): Promise<boolean> {
  if (await accepts(path)) return true;
  await sleep(AGAIN_MS);
  return accepts(path);
}

function accepts(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", (error) => resolve(!["ECONNREFUSED", "ENOENT"].includes(errnoOf(error) ?? "")));
  });
}
