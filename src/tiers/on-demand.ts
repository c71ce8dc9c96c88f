// Calls that few processes make: their code is loaded with the first call, so that making a sandbox does not wait for it.

export const collectGarbage: typeof import("./gc").collectGarbage = async (...args) =>
  (await import("./gc.js")).collectGarbage(...args);

export const orphans: typeof import("./orphans").orphans = async (...args) =>
  (await import("./orphans.js")).orphans(...args);

/** Makes a container that a stack declares one of ours. */
export async function adopt(...args: Parameters<typeof import("./docker/adopt").adopt>): Promise<void> {
  (await import("./docker/adopt.js")).adopt(...args);
}

export const findAdopted: typeof import("./docker/adopt").findAdopted = async (...args) =>
  (await import("./docker/adopt.js")).findAdopted(...args);

export const removeImage: typeof import("./docker/image").removeImage = async (...args) =>
  (await import("./docker/image.js")).removeImage(...args);

export const prepareContainer: typeof import("./docker/prepare").prepareContainer = async (...args) =>
  (await import("./docker/prepare.js")).prepareContainer(...args);

export const containerState: typeof import("./docker/reach").containerState = async (...args) =>
  (await import("./docker/reach.js")).containerState(...args);

export const reach: typeof import("./docker/reach").reach = async (...args) =>
  (await import("./docker/reach.js")).reach(...args);

export const removeContainer: typeof import("./docker/reach").removeContainer = async (...args) =>
  (await import("./docker/reach.js")).removeContainer(...args);

export const tidyEngine: typeof import("./docker/tidy").tidyEngine = async (...args) =>
  (await import("./docker/tidy.js")).tidyEngine(...args);
