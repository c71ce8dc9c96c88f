/** The parts of an image's declaration that each make a layer, from the bottom up. */
export const STEPS = ["source", "python", "npm", "files", "run"] as const;
export type StepName = (typeof STEPS)[number];

/** What a step that asks outside found, so that it need not ask again. Plain JSON, each step's own shape. */
export type StepPins = Readonly<Record<string, unknown>>;

/** What one layer of an image was made from. */
export interface LayerLock {
  step: StepName;
  /** What the declaration said, as far as it can be said on every machine: pins of another declaration do not hold. */
  declared: Readonly<Record<string, unknown>>;
  /** Of a step that asks outside. */
  pins?: StepPins;
  /** sha256 of the layer's tree, in hex. */
  digest: string;
}

/** All that it takes to make an image again with the same bytes. */
export interface ImageLock {
  /** `sha256:…` of the image. */
  digest: string;
  /** From the bottom up. */
  layers: readonly LayerLock[];
}
