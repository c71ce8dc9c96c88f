import { fields, type Shape } from "./fields";

const BUILD = fields({
  string:
    "buildId buildLogFile builder cgroupParent context cpuSetCpus cpuSetMems dockerfile isolation networkMode platform " +
    "provenance remoteContext sbom sessionId target version",
  number: "cpuPeriod cpuQuota cpuShares memory memorySwap shmSize",
  boolean: "forceRemove noCache pullParent remove squash suppressOutput useLegacyBuilder",
  strings: "additionalContexts cacheFroms cacheTos extraHosts securityOpts tags",
  map: "buildArgs label labels",
  lists: {
    authConfigs: fields({
      string: "auth email hostName identityToken password registryToken serverAddress userName",
    }),
    secrets: fields({ string: "env id src" }),
    ulimits: fields({ string: "name", number: "hard soft" }),
  },
});

/** Of docker:index/remoteImage:RemoteImage. */
export const remoteImage: Shape = {
  inputs: fields({
    string: "name platform",
    boolean: "forceRemove keepLocally",
    strings: "pullTriggers",
    map: "triggers",
    objects: { build: BUILD },
  }),
  computed: fields({ string: "imageId repoDigest" }),
  found: ["name"],
};
