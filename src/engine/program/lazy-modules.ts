import Module, { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";

type Load = (request: string, parent: { filename?: string } | undefined, isMain: boolean) => unknown;

/** What the SDK loads at once and needs for nothing but the serialisation of closures: 360 ms of its start. */
const HEAVY = [/^@npmcli\/arborist$/, /[\\/]typescript-shim$/];

/**
 * Loads the SDK's heavy parts when they are first used.
 * @param sdkManifest the path of the SDK's package.json
 * @returns puts back what was there
 */
export function hookHeavyModules(sdkManifest: string): () => void {
  const loader = Module as unknown as { _load: Load };
  const before = loader._load;
  const root = dirname(sdkManifest) + sep;
  loader._load = (request, parent, isMain) => {
    const load = () => before.call(loader, request, parent, isMain);
    const isHeavy = parent?.filename?.startsWith(root) === true && HEAVY.some((name) => name.test(request));
    return isHeavy ? lazily(load as () => object) : load();
  };
  return () => {
    loader._load = before;
  };
}

/** Stands for a module until something of it is asked for. */
function lazily(load: () => object): object {
  let loaded: object | undefined;
  const real = () => (loaded ??= load());
  return new Proxy(
    {},
    {
      // Interop helpers ask for this first, and would copy a module that does not have it.
      get: (_target, key) => (key === "__esModule" ? true : (Reflect.get(real(), key) as unknown)),
      has: (_target, key) => key in real(),
    },
  );
}

/** Loads the part of the SDK that a program's own tree has. */
export function loadSdk<T>(sdkManifest: string, part: string): T {
  return createRequire(sdkManifest)(join(dirname(sdkManifest), part)) as T;
}
