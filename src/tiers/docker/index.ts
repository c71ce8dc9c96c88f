import { SandstackError } from "../../model/error";
import type { Missing, Tier } from "../../model/tier";
import { findGuestBinary } from "../local/guest-binary";
import { findSandbox } from "../ledger/record";
import { lookFor } from "../look";
import { owned } from "../owned";
import { engineAt } from "./engine";
import { fromEngine } from "./engine-error";
import { defaultHost } from "../../model/docker/default-host";
import { ownedAt } from "./owned";
import { removeSandbox } from "../remove";

/** Containers of a Docker engine: here, elsewhere, of a desktop. Whoever makes sandboxes of other tiers loads little of it. */
export const docker: Tier = {
  name: "docker",
  async preflight() {
    const missing: Missing[] = [];
    if (findGuestBinary() === undefined) {
      const what = `the guest binary for linux-${process.arch}`;
      missing.push({
        what,
        why: "it is the first process of every sandbox",
        how: "make -C guest (needs gcc and make)",
      });
    }
    try {
      await engineAt(defaultHost());
    } catch (error) {
      const { message, hint } = SandstackError.from(error);
      missing.push({ what: "a Docker engine", why: message, how: hint ?? "start one, or set DOCKER_HOST" });
    }
    return missing;
  },
  async requireMachine(place) {
    await engineAt(place?.host ?? defaultHost());
  },
  async bringImage(digest, options, place) {
    const host = place?.host ?? defaultHost();
    const [{ ensureImage }, { ensureGuestImage }] = await Promise.all([
      import("./image.js"),
      import("./guest-image.js"),
    ]);
    try {
      const engine = await engineAt(host);
      await Promise.all([ensureImage(engine, digest, options), ensureGuestImage(engine)]);
    } catch (error) {
      throw fromEngine(error, host, "taking an image");
    }
  },
  async create(spec, options) {
    return (await import("./create.js")).createContainer(spec, options);
  },
  async find(idOrName) {
    const record = findSandbox(idOrName);
    return record?.tier === "docker" ? lookFor(record.id) : undefined;
  },
  async snapshot(...args) {
    return (await import("./snapshot.js")).takeDockerSnapshot(...args);
  },
  async rollback(...args) {
    return (await import("./snapshot.js")).rollDockerBack(...args);
  },
  remove: removeSandbox,
  async owned(owner) {
    const local = owned(owner).filter(({ kind }) => kind === "record");
    return [...local, ...(await ownedAt(defaultHost(), owner))];
  },
};
