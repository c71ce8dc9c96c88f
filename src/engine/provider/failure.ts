import { SandstackError } from "../../model/error";
import type { RpcFailure } from "./transport";

/** A provider's call has failed. */
export class ProviderFailure extends SandstackError {
  constructor(
    pkg: string,
    method: string,
    readonly failure: RpcFailure,
  ) {
    super("PROVIDER_FAILED", `${failure.message} (provider ${pkg}, ${method})`, { cause: failure });
  }
}
