import { invalidOption, isTyped } from "./error";

const UNIT: Record<string, number> = {
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
};

/**
 * A size in bytes.
 * @param option the option's name, for the error
 * @param value `"512MiB"`, `"2GiB"`, `"1.5GB"`, or a number of bytes
 * @throws SandstackError INVALID_OPTION for anything else, zero or negative
 */
export function parseSize(option: string, value: unknown): number {
  const bytes = typeof value === "number" ? value : typeof value === "string" ? fromText(value) : Number.NaN;
  if (!Number.isSafeInteger(bytes) || bytes < 1) {
    throw invalidOption(
      option,
      value,
      isTyped(option) ? TYPED : 'a size above zero such as "512MiB" or "2GiB", or bytes as a number',
    );
  }
  return bytes;
}

const TYPED = `a size above zero with its unit such as 512MiB or 2GiB (${Object.keys(UNIT).join(", ")})`;

function fromText(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]+)$/.exec(text);
  const unit = match && UNIT[match[2] as string];
  return match && unit ? Math.round(Number(match[1]) * unit) : Number.NaN;
}

/** A size for people: `formatSize(536870912)` is `"512 MiB"`. */
export function formatSize(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${units[unit]}`;
}
