import { GUEST_FOLDER, GUEST_PROGRAM } from "../../model/docker/hardening";
import { HARDENED } from "./container";
import type { Engine } from "./engine";
import { ifKnown, statusOf } from "./engine-error";
import { ensureGuestImage, guest } from "./guest-image";
import { sharedLabels } from "../../model/docker/labels";

/** Made where it is missing; of several who do it at once none fails. */
export async function makeGuestVolume({ api }: Engine): Promise<string> {
  const name = `sandstack-guest-${guest().version}`;
  await api.createVolume({ Name: name, Labels: sharedLabels("guest") });
  return name;
}

/**
 * Sees to it that the guest's volume is whole: as a container sees it that has it, because a client may have died between
 * making and filling it.
 * @param container one that has been made with the volume, and need not run
 */
export async function fillGuestVolume(engine: Engine, volume: string, container: string): Promise<void> {
  const known = `${engine.id} ${volume}`;
  if (whole.has(known)) return;
  if ((await sizeInside(engine, container)) !== guest().program.length) await fill(engine, volume);
  whole.add(known);
}

/** By engine; a create has no time to look each time. */
const whole = new Set<string>();

/** After a start that failed: somebody may have removed the volume, and the next create is to look again. */
export function doubtGuestVolumes(): void {
  whole.clear();
}

async function fill(engine: Engine, volume: string): Promise<void> {
  // An engine copies what an image has into an empty volume that is mounted over it.
  const filler = await engine.api.createContainer({
    Image: await ensureGuestImage(engine),
    Entrypoint: [GUEST_PROGRAM],
    Cmd: [],
    Labels: sharedLabels("guest"),
    HostConfig: { ...HARDENED, Mounts: [{ Type: "volume", Source: volume, Target: GUEST_FOLDER }] },
  });
  await ifKnown(() => filler.remove({ force: true }));
}

async function sizeInside(engine: Engine, container: string): Promise<number | undefined> {
  try {
    const answer = (await engine.api.getContainer(container).infoArchive({ path: GUEST_PROGRAM })) as {
      headers: Record<string, string | undefined>;
      destroy(): void;
    };
    // Nothing more is to come of it, and dockerode waits to be asked for it.
    answer.destroy();
    const told = answer.headers["x-docker-container-path-stat"];
    if (told === undefined) return undefined;
    return (JSON.parse(Buffer.from(told, "base64").toString("utf8")) as { size: number }).size;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}
