import type { VolumeInspectInfo } from "dockerode";
import { isDeepStrictEqual } from "node:util";
import { labelList, type Label } from "../../model/docker/label-list";
import type { Engine } from "../../tiers/docker/engine";
import { ifKnown, statusOf } from "../../tiers/docker/engine-error";
import type { Made } from "../kind";
import { effectsOf } from "./declaration";
import { nameTaken } from "./failure";
import type { DockerKind } from "./kind";
import { isCutOff } from "./is-cut-off";
import { labelMap } from "./labels";
import { givenAs, withoutMarks } from "./marks";
import { STATE_SHAPE } from "./shape/state-shape";
import { patiently } from "./until-gone";

interface VolumeInputs {
  name: string;
  driver?: string;
  driverOpts?: Record<string, string>;
  labels?: Label[];
}

const TOKEN = "docker:index/volume:Volume";
const shape = STATE_SHAPE[TOKEN] as NonNullable<(typeof STATE_SHAPE)[string]>;

/** docker:index/volume:Volume. Its id is its name. */
export const volume: DockerKind = {
  token: TOKEN,
  shape,
  required: [],
  isNamed: true,
  defaults: {},
  innerDefaults: {},
  refused: { cluster: "It is for engines of a swarm." },
  rules: {},
  sets: new Set(["labels"]),
  effects: effectsOf(shape, []),
  lasting: new Set(),
  drifting: [],
  deletesFirst: false,

  async create(engine, values, { interrupted }) {
    const inputs = givenAs<VolumeInputs>(values);
    const { name, driver, driverOpts, labels } = inputs;
    const before = interrupted && givenAs<VolumeInputs>(interrupted);
    const found = await inspect(engine, name);
    // An engine gives the volume that is there to whoever asks: then a destroy would remove a stranger's.
    if (found !== undefined && !isCutOff(interrupted, name, found.Labels)) throw nameTaken(name, engine.host);
    if (found !== undefined && !isDeepStrictEqual(before, inputs)) await engine.api.getVolume(name).remove();
    await engine.api.createVolume({ Name: name, Driver: driver, DriverOpts: driverOpts, Labels: labelMap(labels) });
    return madeOf(await engine.api.getVolume(name).inspect());
  },

  async read(engine, { id }) {
    const found = await inspect(engine, id);
    return found && madeOf(found);
  },

  update: (_engine, { outputs }) => Promise.resolve(withoutMarks(outputs)),

  async remove({ api }, { id }, signal) {
    const attempt = async () => {
      try {
        await api.getVolume(id).remove({ force: true });
      } catch (error) {
        if (statusOf(error) === 409) return false;
        if (statusOf(error) !== 404) throw error;
      }
      return true;
    };
    await patiently(attempt, signal, `Volume ${JSON.stringify(id)} is still used by a container.`);
  },
};

function inspect({ api }: Engine, name: string): Promise<VolumeInspectInfo | undefined> {
  return ifKnown(() => api.getVolume(name).inspect());
}

function madeOf({ Name, Driver, Options, Labels, Mountpoint }: VolumeInspectInfo): Made {
  const driverOpts = Options && Object.keys(Options).length > 0 ? Options : undefined;
  const labels = labelList(Labels);
  return {
    id: Name,
    outputs: {
      name: Name,
      driver: Driver,
      driverOpts,
      labels: labels.length > 0 ? labels : undefined,
      mountpoint: Mountpoint,
    },
  };
}
