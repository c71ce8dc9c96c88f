import type { ResourceInvokeRequest } from "@pulumi/pulumi/proto/resource_pb";
import { SandstackError } from "../../model/error";
import { fromProgram, type PropertyMap } from "../property/value";
import { fromStruct, toStruct } from "../provider/transport";
import { own } from "../../sdk/own";
import { packageOf } from "../urn";
import { defaultProvider, refusePackage } from "./providers";
import type { Run } from "./run";

/** Calls a provider's function. */
export async function invoke(run: Run, request: ResourceInvokeRequest): Promise<object> {
  run.checkRunning();
  const token = request.getTok();
  const args = fromProgram(fromStruct(request.getArgs()));
  const { InvokeResponse, CheckFailure } = own("provider");
  // How the SDK turns a reference to a resource into the resource.
  if (token === "pulumi:pulumi:getResource") return new InvokeResponse().setReturn(toStruct(getResource(run, args)));
  refusePackage(token);
  const reference = request.getProvider() || (await defaultProvider(run, packageOf(token), request.getVersion()));
  const client = await run.client({ urn: token, provider: reference });
  const { result, failures } = await client.invoke(token, args);
  const response = new InvokeResponse().setReturn(toStruct(result));
  for (const { property, reason } of failures) {
    response.addFailures(new CheckFailure().setProperty(property).setReason(reason));
  }
  return response;
}

function getResource(run: Run, args: PropertyMap): PropertyMap {
  const urn = typeof args["urn"] === "string" ? args["urn"] : "";
  const state = run.states.get(urn) ?? run.olds.get(urn);
  if (state === undefined) throw new SandstackError("NOT_FOUND", `There is no resource ${urn} in this stack.`);
  return { urn, id: state.id ?? "", state: state.outputs ?? {} };
}
