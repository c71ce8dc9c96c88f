import type { PropertyMap } from "../property/value";
import { own } from "../../sdk/own";
import { fromStruct, type RpcFailure } from "./transport";

/** A resource that was made or updated, and then did not come up: it is there, and it is not as it should be. */
export interface InitFailure {
  id: string;
  properties: PropertyMap;
  reasons: string[];
  inputs: PropertyMap | undefined;
}

/** @returns `undefined` where a failure is any other one */
export function initFailure(failure: RpcFailure): InitFailure | undefined {
  const [bytes] = failure.metadata?.get("grpc-status-details-bin") ?? [];
  if (!(bytes instanceof Uint8Array)) return undefined;
  for (const detail of own("status").Status.deserializeBinary(bytes).getDetailsList()) {
    if (detail.getTypeName() !== "pulumirpc.ErrorResourceInitFailed") continue;
    const { ErrorResourceInitFailed } = own("provider");
    const error = ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
    return {
      id: error.getId(),
      properties: fromStruct(error.getProperties()),
      reasons: error.getReasonsList(),
      inputs: error.hasInputs() ? fromStruct(error.getInputs()) : undefined,
    };
  }
  return undefined;
}
