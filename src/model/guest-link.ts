import type { FieldWriter, Fields } from "./fields";

/** What a tier may ask of a sandbox's guest. The runtime's client is one; tiers never import the runtime. */
export interface GuestLink {
  /** Sends one request that carries no data and gives the fields of its END. Throws what the guest answers. */
  request(verb: number, fields?: FieldWriter): Promise<Fields>;
}
