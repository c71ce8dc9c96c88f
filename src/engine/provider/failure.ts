import { SandstackError } from "../../model/error";
import type { RpcFailure } from "./transport";

/** gRPC's. */
const UNAVAILABLE = 14;

/** A provider's call has failed. */
export class ProviderFailure extends SandstackError {
  constructor(
    pkg: string,
    method: string,
    readonly failure: RpcFailure,
  ) {
    super("PROVIDER_FAILED", `${failure.message} (provider ${pkg}, ${method})`, { cause: failure });
  }

  /** Nobody was there to answer: what was asked for may have been done. */
  get isGone(): boolean {
    return this.failure.code === UNAVAILABLE;
  }
}
