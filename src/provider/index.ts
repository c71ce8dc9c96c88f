export { createDockerProvider } from "./docker";
export { imageArgsOf } from "./kinds/image-args";
export { leftovers } from "./leftovers";
export { createProvider, type ProviderHost, type ResourceProvider } from "./provider";
