import { SandstackError } from "../../model/error";
import { equal, type PropertyMap } from "../property/value";
import type { ResourceState } from "../state/resource-state";
import { packageOf, parseReference, parseUrn } from "../urn";
import { ProviderClient } from "./client";
import { findPlugin, startPlugin } from "./plugin";
import { inProcess, type ProviderHost, type ResourceProvider, type Transport } from "./transport";

/** Makes a provider that lives in this process. */
export type ProviderFactory = (host: ProviderHost) => ResourceProvider;

export interface RegistryOptions {
  /** Providers of this process, by package. */
  providers: Record<string, ProviderFactory>;
  /** Those that stand in for a plugin which is not installed, by package. */
  standIns: Record<string, ProviderFactory>;
  /** Folders of plugins, by package. */
  plugins: Record<string, string>;
  /** Where the Pulumi CLI keeps what it has installed. */
  pulumiHome: string;
  /** Where plugins run. */
  folder: string;
  host: ProviderHost;
  /** The engine's address for plugins; asked for when the first one starts. */
  engineAddress: () => Promise<string>;
}

/** The providers of one run, each configured once, by reference. */
export class ProviderRegistry {
  private readonly clients = new Map<string, Promise<ProviderClient>>();
  private readonly inputs = new Map<string, PropertyMap>();
  private readonly bare = new Map<string, Promise<ProviderClient>>();

  /** A provider outside of this process was started. */
  hasPlugins = false;

  constructor(private readonly options: RegistryOptions) {}

  /** Is a package's provider one of this process's own? Their creates and deletes are safe to repeat. */
  isOwn(pkg: string, version: string): boolean {
    return this.factory(pkg, version) !== undefined;
  }

  /** A provider that is not configured: good for questions about its configuration. */
  unconfigured(pkg: string, version: string): Promise<ProviderClient> {
    const key = `${pkg}@${version}`;
    return remember(this.bare, key, () => this.start(pkg, version));
  }

  /** Configures a provider under a reference, in the place of one that was configured otherwise. */
  async configure(reference: string, inputs: PropertyMap): Promise<ProviderClient> {
    const before = this.clients.get(reference);
    if (before !== undefined && equal(this.inputs.get(reference), inputs)) return before;
    const { urn, id } = parseReference(reference);
    const pkg = packageOf(parseUrn(urn).type);
    const made = (async () => {
      const key = `${pkg}@${versionOf(inputs)}`;
      const spare = this.bare.get(key);
      this.bare.delete(key);
      const client = await (spare ?? this.start(pkg, versionOf(inputs)));
      await client.configure(withoutInternals(inputs), urn, id);
      return client;
    })();
    this.inputs.set(reference, inputs);
    this.clients.set(reference, made);
    made.catch(() => this.clients.delete(reference));
    void before?.then((client) => client.close());
    return made;
  }

  /**
   * The provider that a reference names.
   * @param state the provider resources of the state, for what this run has not registered
   */
  async get(reference: string, state: (urn: string, id: string) => ResourceState | undefined): Promise<ProviderClient> {
    const known = this.clients.get(reference);
    if (known !== undefined) return known;
    const { urn, id } = parseReference(reference);
    const resource = state(urn, id);
    if (resource === undefined) {
      throw new SandstackError("PROVIDER_FAILED", `There is no provider ${urn} (${id}) in this stack.`);
    }
    return this.configure(reference, resource.inputs ?? {});
  }

  /** Asks all to let go of what is under way. */
  cancel(): void {
    for (const client of this.clients.values()) void client.then((ready) => ready.cancel()).catch(() => undefined);
  }

  async close(): Promise<void> {
    const all = [...this.clients.values(), ...this.bare.values()];
    for (const settled of await Promise.allSettled(all)) if (settled.status === "fulfilled") settled.value.close();
  }

  private async start(pkg: string, version: string): Promise<ProviderClient> {
    return new ProviderClient(pkg, await this.transport(pkg, version));
  }

  private async transport(pkg: string, version: string): Promise<Transport> {
    const { folder, host, engineAddress } = this.options;
    const factory = this.factory(pkg, version);
    if (factory !== undefined) return inProcess(factory(host));
    const executable = this.plugin(pkg, version);
    if (executable === undefined) {
      const wanted = version === "" ? pkg : `${pkg} v${version}`;
      throw new SandstackError("MISSING_TOOL", `The provider plugin ${wanted} is not installed.`, {
        hint: `pulumi plugin install resource ${pkg} ${version === "" ? "<version>" : `v${version}`}`,
      });
    }
    this.hasPlugins = true;
    return startPlugin(executable, await engineAddress(), folder, (line) => host.log("info", `${pkg}: ${line}`));
  }

  private factory(pkg: string, version: string): ProviderFactory | undefined {
    const { providers, standIns } = this.options;
    if (Object.hasOwn(providers, pkg)) return providers[pkg];
    return Object.hasOwn(standIns, pkg) && this.plugin(pkg, version) === undefined ? standIns[pkg] : undefined;
  }

  private plugin(pkg: string, version: string): string | undefined {
    const { plugins, pulumiHome } = this.options;
    return findPlugin(pkg, version, Object.hasOwn(plugins, pkg) ? plugins[pkg] : undefined, pulumiHome);
  }
}

function remember<T>(map: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const made = map.get(key) ?? make();
  map.set(key, made);
  made.catch(() => map.delete(key));
  return made;
}

/** The plugin's version that a provider's inputs ask for. */
export function versionOf(inputs: PropertyMap): string {
  return typeof inputs["version"] === "string" ? inputs["version"] : "";
}

/** A provider's inputs without what the engine keeps among them. */
export function withoutInternals(inputs: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(inputs).filter(([key]) => key !== "__internal"));
}
