import { container } from "./container";
import { fields, type Fields, type Shape } from "./fields";
import { LABEL } from "./label";
import { remoteImage } from "./remote-image";

/** The vendor's module of each type, and what it declares there: inputs and outputs are the plugin's own. */
export const STATE_SHAPE: Readonly<Record<string, Shape>> = {
  "docker:index/container:Container": container,
  "docker:index/network:Network": {
    inputs: fields({
      string: "driver ipamDriver name",
      boolean: "attachable ingress internal ipv6",
      map: "ipamOptions options",
      lists: {
        ipamConfigs: fields({ string: "gateway ipRange subnet", map: "auxAddress" }),
        labels: LABEL,
      },
    }),
    computed: fields({ string: "scope" }),
    found: ["driver", "internal", "ipamConfigs", "name", "options"],
  },
  "docker:index/remoteImage:RemoteImage": remoteImage,
  "docker:index/volume:Volume": {
    inputs: fields({
      string: "driver name",
      map: "driverOpts",
      lists: { labels: LABEL },
      objects: {
        cluster: fields({
          string:
            "availability group id limitBytes requiredBytes scope sharing topologyPreferred topologyRequired type",
        }),
      },
    }),
    computed: fields({ string: "mountpoint" }),
    found: ["driver", "name"],
  },
};

/** What the provider itself takes; lists and booleans come as JSON. */
export const PROVIDER_SHAPE: Fields = fields({
  string: "caMaterial certMaterial certPath context host keyMaterial",
  boolean: "disableDockerDaemonCheck",
  strings: "sshOpts",
  lists: {
    registryAuth: fields({ string: "address configFile configFileContent password username", boolean: "authDisabled" }),
  },
});

/** What the plugin keeps beside a resource's properties: which inputs are defaults, in the inputs and in each object. */
export const DEFAULTS = "__defaults";
/** And in the outputs, of which version its state is. Without it the plugin would take the state for an ancient one. */
export const META = "__meta";

export const SCHEMA_VERSIONS: Readonly<Record<string, number>> = {
  "docker:index/container:Container": 2,
  "docker:index/network:Network": 1,
  "docker:index/volume:Volume": 1,
};
