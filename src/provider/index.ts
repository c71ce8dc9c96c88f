export { leftovers } from "./leftovers";
export { createProvider, type LogEntry, type ProviderOptions, type ResourceProvider } from "./provider";
