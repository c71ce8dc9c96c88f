export interface Reached {
  step: string;
  /** 0 to 1. */
  fraction: number;
  detail?: string;
}

/** Where on the way each part of a build ends: 0 to 1. */
export const LISTS = 0.05;
export const DOWNLOADED = 0.35;
const INSTALLED = 0.9;

/** How far mmdebstrap is, by the lines that it and apt write. */
export class InstallMeter {
  private handled = 0;

  constructor(private readonly packages: number) {}

  /** What a line tells; `undefined` where it tells nothing. Every package is unpacked once and set up once; the essential ones are unpacked before that, too. */
  read(line: string): Reached | undefined {
    const name = /^(?:Unpacking|Setting up) (\S+)/.exec(line)?.[1];
    if (name === undefined) return undefined;
    this.handled += 1;
    const part = Math.min(this.handled / (2 * this.packages), 1);
    return { step: "installing packages", fraction: DOWNLOADED + part * (INSTALLED - DOWNLOADED), detail: name };
  }
}
