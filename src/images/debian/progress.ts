import { PLAN_LINE } from "./plan-hook";

export interface Reached {
  step: string;
  /** 0 to 1. */
  fraction: number;
  detail?: string;
}

const LISTS = 0.05;
const DOWNLOADED = 0.35;
const INSTALLED = 0.9;
const UNIT: Record<string, number> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9 };

/** How far mmdebstrap is, by the lines that it and apt write. */
export class BuildMeter {
  private packages = 0;
  private bytes = 0;
  private fetched = 0;
  private handled = 0;

  /** What a line tells; `undefined` where it tells nothing. */
  read(line: string): Reached | undefined {
    const plan = PLAN_LINE.exec(line);
    if (plan) {
      [this.packages, this.bytes] = [Number(plan[1]), Number(plan[2])];
      return { step: "downloading packages", fraction: LISTS, detail: `${this.packages} packages` };
    }
    const get = /^Get:\d+ \S+ (.+) \[([\d.,]+) (\w+)\]$/.exec(line);
    if (get) return this.got(get[1] as string, Number(get[2]) * (UNIT[get[3] as string] ?? 0));
    const done = /^(Unpacking|Setting up) (\S+)/.exec(line);
    return done && this.packages > 0 ? this.installed(done[2] as string) : undefined;
  }

  private got(what: string, bytes: number): Reached {
    if (this.packages === 0) return { step: "fetching package lists", fraction: 0, detail: what };
    this.fetched += bytes;
    const part = this.bytes > 0 ? Math.min(this.fetched / this.bytes, 1) : 1;
    // "bookworm/main amd64 libc6 amd64 2.36-9": the third is the package.
    return { step: "downloading packages", fraction: LISTS + part * (DOWNLOADED - LISTS), detail: what.split(" ")[2] };
  }

  /** Every package is unpacked once and set up once; the essential ones are unpacked before that, too. */
  private installed(name: string): Reached {
    this.handled += 1;
    const part = Math.min(this.handled / (2 * this.packages), 1);
    return { step: "installing packages", fraction: DOWNLOADED + part * (INSTALLED - DOWNLOADED), detail: name };
  }
}
