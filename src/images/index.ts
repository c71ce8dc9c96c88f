export { buildImage } from "./build";
export type { BuildOptions } from "./context";
export { defaultImage } from "./default-image";
export { findImage, listImages, removeImage, verifyImage } from "./images";
export { missingForSuites } from "./preflight";
export { cleanImageBuilds } from "./store/work-dir";
