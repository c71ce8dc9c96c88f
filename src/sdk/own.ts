import { createRequire } from "node:module";
import { SandstackError } from "../model/error";

/**
 * The Pulumi SDK as engine and provider see it: messages of the protocol, and gRPC. What the SDK brings itself is found
 * from where the SDK is: a strict package manager shows it to nobody else, and of two copies one would not know the
 * other's messages. Loaded when first asked for.
 */
export interface OwnSdk {
  provider: typeof import("@pulumi/pulumi/proto/provider_pb");
  providerService: typeof import("@pulumi/pulumi/proto/provider_grpc_pb");
  resource: typeof import("@pulumi/pulumi/proto/resource_pb");
  engine: typeof import("@pulumi/pulumi/proto/engine_pb");
  engineService: typeof import("@pulumi/pulumi/proto/engine_grpc_pb");
  status: typeof import("@pulumi/pulumi/proto/status_pb");
  struct: typeof import("google-protobuf/google/protobuf/struct_pb");
  empty: typeof import("google-protobuf/google/protobuf/empty_pb");
  grpc: typeof import("@grpc/grpc-js");
}

const PLACES: Record<keyof OwnSdk, string> = {
  provider: "@pulumi/pulumi/proto/provider_pb",
  providerService: "@pulumi/pulumi/proto/provider_grpc_pb",
  resource: "@pulumi/pulumi/proto/resource_pb",
  engine: "@pulumi/pulumi/proto/engine_pb",
  engineService: "@pulumi/pulumi/proto/engine_grpc_pb",
  status: "@pulumi/pulumi/proto/status_pb",
  struct: "google-protobuf/google/protobuf/struct_pb",
  empty: "google-protobuf/google/protobuf/empty_pb",
  grpc: "@grpc/grpc-js",
};

const loaded: Partial<Record<keyof OwnSdk, unknown>> = {};

/** @throws SandstackError MISSING_TOOL where the SDK is not installed */
export function own<K extends keyof OwnSdk>(part: K): OwnSdk[K] {
  return (loaded[part] ??= load(PLACES[part])) as OwnSdk[K];
}

function load(place: string): unknown {
  const here = createRequire(__filename);
  if (place.startsWith("@pulumi/")) return here(place);
  return createRequire(here.resolve("@pulumi/pulumi/package.json"))(place);
}

/** The SDK's folder as a program sees it. */
export function resolveSdk(from: string): string {
  try {
    return createRequire(from).resolve("@pulumi/pulumi/package.json");
  } catch (cause) {
    throw new SandstackError("MISSING_TOOL", `${from}: @pulumi/pulumi is not installed there.`, {
      cause,
      hint: "npm install @pulumi/pulumi",
    });
  }
}
