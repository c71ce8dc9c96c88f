export { createDockerProvider } from "./docker/provider";
export { imageArgsOf } from "./kinds/image-args";
export { leftovers } from "./leftovers";
export { createProvider, type ProviderHost, type ResourceProvider } from "./provider";
