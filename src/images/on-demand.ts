// Calls that few processes make: their code is loaded with the first call, so that making a sandbox does not wait for it.

export const compareImages: typeof import("./compare").compareImages = async (...args) =>
  (await import("./compare.js")).compareImages(...args);

export const exportImage: typeof import("./oci/export").exportImage = async (...args) =>
  (await import("./oci/export.js")).exportImage(...args);

export const importImage: typeof import("./oci/carry").importImage = async (...args) =>
  (await import("./oci/carry.js")).importImage(...args);

export const pullImage: typeof import("./oci/carry").pullImage = async (...args) =>
  (await import("./oci/carry.js")).pullImage(...args);

export const pushImage: typeof import("./oci/carry").pushImage = async (...args) =>
  (await import("./oci/carry.js")).pushImage(...args);

export const lockImage: typeof import("./lock/lock-image").lockImage = async (...args) =>
  (await import("./lock/lock-image.js")).lockImage(...args);

export const movedOn: typeof import("./lock/moved-on").movedOn = async (...args) =>
  (await import("./lock/moved-on.js")).movedOn(...args);

export const verifyLock: typeof import("./lock/verify").verifyLock = async (...args) =>
  (await import("./lock/verify.js")).verifyLock(...args);

export const verifyPulled: typeof import("./lock/verify-pulled").verifyPulled = async (...args) =>
  (await import("./lock/verify-pulled.js")).verifyPulled(...args);
