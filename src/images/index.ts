export { buildImage, buildLocked } from "./build";
export type { ImageDifference } from "./compare";
export type { BuildOptions } from "./context";
export type { BuildSandbox, OpenBuildSandbox } from "./build-sandbox";
export { defaultImage } from "./default-image";
export { fingerprint } from "./fingerprint";
export { collectImages, type ImageGarbage } from "./gc";
export { findImage, getImage, listImages, removeImage, useImage, verifyImage } from "./images";
export {
  compareImages,
  exportImage,
  importImage,
  lockImage,
  movedOn,
  pullImage,
  pushImage,
  verifyLock,
  verifyPulled,
} from "./on-demand";
export { missingForNpm, missingForOci, missingForPython, missingForSuites } from "./preflight";
export { runSteps } from "./run/run-step";
export { requireRoot } from "./tool/require";
export { markUsed } from "./store/manifest";
export { cleanImageBuilds } from "./store/work-dir";
export type { Verdict } from "./lock/verify";
