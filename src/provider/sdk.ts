import { createRequire } from "node:module";
import type * as Empties from "google-protobuf/google/protobuf/empty_pb";
import type * as Structs from "google-protobuf/google/protobuf/struct_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";

// The protocol's message classes. What the SDK itself depends on is taken from where the SDK finds it: of two copies one
// would not know the other's messages.

export const requireOfSdk = createRequire(require.resolve("@pulumi/pulumi"));

export const { Struct } = requireOfSdk("google-protobuf/google/protobuf/struct_pb") as typeof Structs;
export const { Empty } = requireOfSdk("google-protobuf/google/protobuf/empty_pb") as typeof Empties;
export type Struct = Structs.Struct;
export { messages };
