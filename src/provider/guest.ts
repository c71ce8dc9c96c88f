import { explainLoss } from "../../runtime/ended";
import { GuestClient } from "../../runtime/guest/client";
import { openTransport } from "../../runtime/guest/transport";
import { SandstackError } from "../model/error";
import type { Connection } from "../model/tier";

/** Talks with a sandbox's guest. What runs in the background there runs on. */
export async function withGuest<T>(connection: Connection, talk: (client: GuestClient) => Promise<T>): Promise<T> {
  const client = new GuestClient(await openTransport(connection), (cause) => explainLoss(connection, cause));
  try {
    // What is still being made has no cgroups to look at, and no files.
    await client.hello;
    return await talk(client);
  } finally {
    client.close(new SandstackError("ABORTED", "The provider has nothing more to say to the sandbox."));
  }
}
