import type { PropertyMap } from "../property/value";
import { own } from "../../sdk/own";

/** The service `pulumirpc.ResourceProvider`, implemented as a gRPC server's handlers. */
export type ResourceProvider = {
  // The handlers of @grpc/grpc-js are typed per message; an implementation may leave any of them out.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  [method: string]: any;
};

/** What an in-process provider may tell the engine, besides answering. */
export interface ProviderHost {
  /** A line for the user; with a URN it is shown at that resource. */
  log(severity: "debug" | "info" | "warning" | "error", message: string, urn?: string): void;
  /** What is going on at a resource; the next one takes its place. */
  progress?(message: string, urn: string): void;
  /** The inputs of a create of this resource that an earlier run was cut off in: what they name may be there. */
  interrupted?(urn: string): PropertyMap | undefined;
}

/** Why a call has failed. */
export class RpcFailure extends Error {
  constructor(
    /** gRPC's. */
    readonly code: number,
    message: string,
    /** gRPC's metadata: what is structured travels in `grpc-status-details-bin`. */
    readonly metadata?: { get(key: string): unknown[] },
  ) {
    super(message);
  }

  static from(error: unknown): RpcFailure {
    if (error instanceof RpcFailure) return error;
    const { code, message, details, metadata } = error as Partial<RpcFailure> & { details?: string };
    const number = typeof code === "number" ? code : own("grpc").status.UNKNOWN;
    return new RpcFailure(number, details ?? message ?? String(error), metadata);
  }
}

/** Calls one provider, wherever it is. */
export interface Transport {
  /** Rejects with an RpcFailure. */
  call<Response>(method: string, request: object): Promise<Response>;
  close(): void;
}

type Callback<Response> = (error: unknown, response?: Response) => void;

/** Calls a provider in this process, as a gRPC server would. */
export function inProcess(provider: ResourceProvider): Transport {
  return {
    close: () => undefined,
    call: <Response>(method: string, request: object) =>
      new Promise<Response>((resolve, reject) => {
        const handler = provider[method] as ((call: object, callback: Callback<Response>) => unknown) | undefined;
        if (typeof handler !== "function") {
          return reject(new RpcFailure(own("grpc").status.UNIMPLEMENTED, `${method} is not implemented`));
        }
        const done: Callback<Response> = (error, response) => {
          if (error !== null && error !== undefined) reject(RpcFailure.from(error));
          else if (response === undefined || response === null) reject(RpcFailure.from(new Error("it did not answer")));
          else resolve(response);
        };
        try {
          // A handler may be asynchronous; what it throws then is its answer too.
          const result = handler.call(provider, { request }, done);
          if (result instanceof Promise) result.catch((error: unknown) => done(RpcFailure.from(error)));
        } catch (error) {
          reject(RpcFailure.from(error));
        }
      }),
  };
}

/** Properties as a message takes them. */
export function toStruct(properties: PropertyMap) {
  return own("struct").Struct.fromJavaScript(properties);
}

export function fromStruct(struct: { toJavaScript(): unknown } | undefined): PropertyMap {
  return (struct?.toJavaScript() ?? {}) as PropertyMap;
}
