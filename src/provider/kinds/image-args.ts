import type { FileSource } from "../../model/file-source";
import type { ImageArgs } from "../../model/image";
import type { Values } from "../values";

/** A file as the checked inputs have it: what it is, and what is in it. */
export type HashedFile = FileSource & { hash: string };

/** What an image's checked inputs declare, without what was found out about it. */
export function imageArgsOf(inputs: Values): ImageArgs {
  const { files = {}, ...args } = inputs as unknown as Omit<ImageArgs, "files"> & {
    files?: Record<string, HashedFile>;
  };
  const sources = Object.entries(files).map(([inside, hashed]) => {
    const source: FileSource & { hash?: string } = { ...hashed };
    delete source.hash;
    return [inside, source] as const;
  });
  return { ...args, files: Object.fromEntries(sources) };
}
