import { fields, type Shape } from "./fields";
import { LABEL } from "./label";

const THROTTLE = fields({ string: "path", number: "rate" });

/** Of docker:index/container:Container. */
export const container: Shape = {
  inputs: fields({
    string:
      "cgroupParent cgroupnsMode cpuSet cpus domainname gpus hostname image ipcMode logDriver name networkMode pidMode " +
      "platform restart runtime stopSignal user usernsMode workingDir",
    number:
      "containerReadRefreshTimeoutMilliseconds cpuPeriod cpuQuota cpuShares destroyGraceSeconds maxRetryCount memory " +
      "memoryReservation memorySwap shmSize stopTimeout waitTimeout",
    boolean: "attach init logs mustRun privileged publishAllPorts readOnly removeVolumes rm start stdinOpen tty wait",
    strings: "command deviceCgroupRules dns dnsOpts dnsSearches entrypoints envs groupAdds securityOpts",
    map: "logOpts storageOpts sysctls tmpfs",
    objects: {
      capabilities: fields({ strings: "adds drops" }),
      healthcheck: fields({
        string: "interval startInterval startPeriod timeout",
        number: "retries",
        strings: "tests",
      }),
    },
    lists: {
      deviceReadBps: THROTTLE,
      deviceReadIops: THROTTLE,
      deviceRequests: fields({ string: "driver", number: "count", strings: "capabilities deviceIds", map: "options" }),
      deviceWriteBps: THROTTLE,
      deviceWriteIops: THROTTLE,
      devices: fields({ string: "containerPath hostPath permissions" }),
      hosts: fields({ string: "host ip" }),
      labels: LABEL,
      mounts: fields({
        string: "source target type",
        boolean: "readOnly",
        objects: {
          bindOptions: fields({ string: "propagation" }),
          tmpfsOptions: fields({ number: "mode sizeBytes" }),
          volumeOptions: fields({
            string: "driverName subpath",
            boolean: "noCopy",
            map: "driverOptions",
            lists: { labels: LABEL },
          }),
        },
      }),
      networksAdvanced: fields({
        string: "ipv4Address ipv6Address macAddress name",
        number: "gwPriority",
        strings: "aliases driverOpts linkLocalIps",
      }),
      ports: fields({ string: "ip protocol", number: "external internal" }),
      ulimits: fields({ string: "name", number: "hard soft" }),
      uploads: fields({
        string: "content contentBase64 file group owner permissions source sourceHash",
        boolean: "executable",
      }),
      volumes: fields({
        string: "containerPath fromContainer hostPath selinuxRelabel volumeName",
        boolean: "readOnly",
      }),
    },
  }),
  computed: fields({
    string: "bridge containerLogs",
    number: "exitCode",
    lists: {
      networkDatas: fields({
        string: "gateway globalIpv6Address ipAddress ipv6Gateway macAddress networkName",
        number: "globalIpv6PrefixLength ipPrefixLength",
      }),
    },
  }),
  found: [
    ...["command", "entrypoints", "envs", "healthcheck", "hostname", "image", "init", "ipcMode", "labels", "logDriver"],
    ...["name", "platform", "runtime", "securityOpts", "shmSize", "stopSignal", "stopTimeout"],
  ],
};
