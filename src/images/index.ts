export { buildImage, buildLocked } from "./build";
export type { BuildOptions } from "./context";
export type { BuildSandbox, OpenBuildSandbox } from "./build-sandbox";
export { defaultImage } from "./default-image";
export { listFileItems as listFiles } from "./files/listing";
export { fingerprint } from "./fingerprint";
export { findImage, listImages, removeImage, verifyImage } from "./images";
export { missingForSuites } from "./preflight";
export { cleanImageBuilds } from "./store/work-dir";
