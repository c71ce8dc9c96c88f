import type {
  ReadResourceRequest,
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
  ResourceInvokeRequest,
  SupportsFeatureRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import { SandstackError } from "../../model/error";
import { registerOutputs } from "../deploy/outputs";
import { invoke } from "../deploy/invoke";
import { readResource } from "../deploy/read";
import { registerResource } from "../deploy/register";
import { Stopped, type Run } from "../deploy/run";
import { fromProgram } from "../property/value";
import { fromStruct, toStruct } from "../provider/transport";
import { own } from "../../sdk/own";
import { goalOf, readGoalOf } from "./request";

type Reply = (error: Error | null, response?: object) => void;

/** What programs may rely on; the SDK refuses the rest before it asks. */
export const FEATURES = ["secrets", "resourceReferences", "outputValues", "aliasSpecs", "deletedWith"] as const;
/** Calls that are not covered, and how a user knows them. */
const REFUSED = {
  call: "calling methods of resources",
  registerStackTransform: "transforms",
  registerStackInvokeTransform: "transforms",
  registerResourceHook: "hooks",
  registerErrorHook: "hooks",
  registerPackage: "parameterised packages",
};

/**
 * The service `pulumirpc.ResourceMonitor`, as the SDK calls it in this process.
 * @param outside runs work outside of the program, so that what a provider does is not taken for the program's doing
 */
export function createMonitor(run: Run, outside: <T>(work: () => T) => T) {
  const messages = own("resource");
  /** What goes wrong here ends the run: the program is told that nobody listens any more, and it falls silent. */
  const answer = (reply: Reply, work: () => Promise<object>) =>
    outside(() => {
      run.track(work()).then(
        (response) => (run.stopped ? reply(gone()) : reply(null, response)),
        (error: unknown) => {
          run.fail(error);
          reply(gone());
        },
      );
    });

  return {
    supportsFeature: (request: SupportsFeatureRequest, reply: Reply) => {
      const known = (FEATURES as readonly string[]).includes(request.getId());
      reply(null, new messages.SupportsFeatureResponse().setHassupport(known));
    },

    getDeploymentInfo: (_request: object, reply: Reply) => reply(null, deploymentInfo(run)),

    registerResource: (request: RegisterResourceRequest, reply: Reply) =>
      answer(reply, async () => {
        const { urn, id, outputs } = await registerResource(run, goalOf(request));
        return new messages.RegisterResourceResponse().setUrn(urn).setId(id).setObject(toStruct(outputs));
      }),

    readResource: (request: ReadResourceRequest, reply: Reply) =>
      answer(reply, async () => {
        const properties = fromProgram(fromStruct(request.getProperties()));
        const { urn, outputs } = await readResource(run, readGoalOf(request), request.getId(), properties);
        return new messages.ReadResourceResponse().setUrn(urn).setProperties(toStruct(outputs));
      }),

    registerResourceOutputs: (request: RegisterResourceOutputsRequest, reply: Reply) =>
      answer(reply, async () => {
        await registerOutputs(run, request.getUrn(), fromProgram(fromStruct(request.getOutputs())));
        return new (own("empty").Empty)();
      }),

    /** A function's failure is the program's to handle. */
    invoke: (request: ResourceInvokeRequest, reply: Reply) =>
      outside(() => {
        run.track(invoke(run, request)).then(
          (response) => reply(null, response),
          (error: unknown) => reply(error instanceof Stopped ? gone() : failure(SandstackError.from(error).message)),
        );
      }),

    /** The engine deletes when the program has ended, which in one process it sees itself. */
    signalAndWaitForShutdown: (_request: object, reply: Reply) => reply(null, new (own("empty").Empty)()),

    ...Object.fromEntries(
      Object.entries(REFUSED).map(([method, what]) => [
        method,
        (_request: object, reply: Reply) =>
          answer(reply, () =>
            Promise.reject(
              new SandstackError("UNSUPPORTED", `${what}: not covered by this engine.`, {
                hint: "The Pulumi CLI runs the same stack on the same state.",
              }),
            ),
          ),
      ]),
    ),
  };
}

function deploymentInfo(run: Run): object {
  const messages = own("resource");
  const { project, stack, config, dryRun, parallel } = run.options;
  const info = new messages.DeploymentInfo().setProject(project).setStack(stack).setOrganization("organization");
  for (const [key, value] of Object.entries(config.values)) info.getConfigMap().set(key, value);
  info.setConfigsecretkeysList(config.secretKeys).setDryrun(dryRun).setParallel(parallel);
  const numbers = messages.ResourceMonitorFeature as unknown as Record<string, number>;
  return info.setSupportedfeaturesList(FEATURES.flatMap((name) => numbers[featureConstant(name)] ?? []));
}

/** `RESOURCE_MONITOR_FEATURE_ALIAS_SPECS` of `aliasSpecs`. */
function featureConstant(name: string): string {
  return `RESOURCE_MONITOR_FEATURE_${name.replace(/[A-Z]/g, "_$&").toUpperCase()}`;
}

/** What the SDK takes as "the engine is ending", and says nothing about. */
function gone(): Error {
  return failure("the engine has stopped", own("grpc").status.UNAVAILABLE);
}

function failure(details: string, code: number = own("grpc").status.UNKNOWN): Error {
  return Object.assign(new Error(details), { code, details });
}
