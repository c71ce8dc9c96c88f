import type { NetworkInspectInfo } from "dockerode";
import { isDeepStrictEqual } from "node:util";
import { labelList, type Label } from "../../model/docker/label-list";
import type { Engine } from "../../tiers/docker/engine";
import { ifKnown, statusOf } from "../../tiers/docker/engine-error";
import type { Made } from "../kind";
import type { Values } from "../values";
import { effectsOf } from "./declaration";
import { nameTaken } from "./failure";
import type { DockerKind } from "./kind";
import { isCutOff } from "./is-cut-off";
import { labelMap } from "./labels";
import { givenAs, withoutMarks } from "./marks";
import { STATE_SHAPE } from "./shape/state-shape";
import { patiently } from "./until-gone";

interface NetworkInputs {
  name: string;
  attachable?: boolean;
  driver?: string;
  ingress?: boolean;
  internal?: boolean;
  ipamConfigs?: { subnet?: string; ipRange?: string; gateway?: string; auxAddress?: Record<string, string> }[];
  ipamDriver?: string;
  ipamOptions?: Record<string, string>;
  ipv6?: boolean;
  labels?: Label[];
  options?: Record<string, string>;
}

const TOKEN = "docker:index/network:Network";
const shape = STATE_SHAPE[TOKEN] as NonNullable<(typeof STATE_SHAPE)[string]>;

/** docker:index/network:Network */
export const network: DockerKind = {
  token: TOKEN,
  shape,
  required: [],
  isNamed: true,
  defaults: { ipamDriver: "default" },
  innerDefaults: {},
  refused: {},
  rules: {},
  sets: new Set(["ipamConfigs", "labels"]),
  effects: effectsOf(shape, []),
  lasting: new Set(),
  drifting: [],
  deletesFirst: false,

  async create(engine, values, { interrupted, signal }) {
    const inputs = givenAs<NetworkInputs>(values);
    const before = interrupted && givenAs<NetworkInputs>(interrupted);
    const [found] = await engine.api.listNetworks({ filters: { name: [`^${escaped(inputs.name)}$`] } });
    if (found !== undefined) {
      if (!isCutOff(interrupted, inputs.name, found.Labels)) throw nameTaken(inputs.name, engine.host);
      if (isDeepStrictEqual(before, inputs)) return await known(engine, found.Id);
      await removeNetwork(engine, found.Id, signal);
    }
    const { id } = await engine.api.createNetwork(createOptions(inputs));
    return await known(engine, id);
  },

  async read(engine, { id }) {
    const found = await inspect(engine, id);
    return found && madeOf(found);
  },

  update: (_engine, { outputs }) => Promise.resolve(withoutMarks(outputs)),

  remove: (engine, { id }, signal) => removeNetwork(engine, id, signal),
};

export function createOptions(inputs: NetworkInputs) {
  const { name, driver, internal, attachable, ingress, ipv6, ipamDriver, ipamConfigs = [], ipamOptions } = inputs;
  return {
    Name: name,
    // Names are no keys to an engine: without this there would be two.
    CheckDuplicate: true,
    ...(driver && { Driver: driver }),
    Internal: internal ?? false,
    Attachable: attachable ?? false,
    Ingress: ingress ?? false,
    EnableIPv6: ipv6 ?? false,
    Labels: labelMap(inputs.labels),
    Options: inputs.options ?? {},
    IPAM: {
      Driver: ipamDriver ?? "default",
      Options: ipamOptions ?? {},
      Config: ipamConfigs.map(({ subnet, ipRange, gateway, auxAddress }) => ({
        ...(subnet && { Subnet: subnet }),
        ...(ipRange && { IPRange: ipRange }),
        ...(gateway && { Gateway: gateway }),
        ...(auxAddress && { AuxiliaryAddresses: auxAddress }),
      })),
    },
  };
}

export function networkOutputs(info: NetworkInspectInfo): Values {
  const { Name, Driver, Internal, Attachable, Ingress, EnableIPv6, IPAM, Options, Labels, Scope } = info;
  const labels = labelList(Labels);
  const configs = (IPAM?.Config ?? []) as Record<string, unknown>[];
  return {
    name: Name,
    driver: Driver,
    internal: Internal,
    attachable: Attachable,
    ingress: Ingress,
    ipv6: EnableIPv6,
    ipamDriver: IPAM?.Driver,
    ipamOptions: someOf(IPAM?.Options),
    ipamConfigs: configs.map((config) => ({
      subnet: config["Subnet"] || undefined,
      ipRange: config["IPRange"] || undefined,
      gateway: config["Gateway"] || undefined,
      auxAddress: someOf(config["AuxiliaryAddresses"]),
    })),
    labels: labels.length > 0 ? labels : undefined,
    options: Options ?? {},
    scope: Scope,
  };
}

function madeOf(info: NetworkInspectInfo): Made {
  return { id: info.Id, outputs: networkOutputs(info) };
}

async function known({ api }: Engine, id: string): Promise<Made> {
  return madeOf(await api.getNetwork(id).inspect());
}

function inspect({ api }: Engine, id: string): Promise<NetworkInspectInfo | undefined> {
  return ifKnown(() => api.getNetwork(id).inspect());
}

async function removeNetwork({ api }: Engine, id: string, signal: AbortSignal): Promise<void> {
  const attempt = async () => {
    try {
      await api.getNetwork(id).remove();
    } catch (error) {
      if (statusOf(error) === 403 && /active endpoints/.test(String(error))) return false;
      if (statusOf(error) !== 404) throw error;
    }
    return true;
  };
  await patiently(attempt, signal, `Network ${id} is still used by a container.`);
}

function someOf(value: unknown): unknown {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0 ? value : undefined;
}

function escaped(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
