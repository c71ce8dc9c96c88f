import type { OperationType, PendingOperation, ResourceState, Snapshot } from "./resource-state";

/**
 * What the state is while an update runs: first what the program has registered so far, in the order in which it was
 * done, then what is left of before. In that order whatever is referred to comes first.
 */
export class StateKeeper {
  private base: ResourceState[];
  private readonly news: ResourceState[] = [];
  private readonly done = new Set<ResourceState>();
  private readonly pending = new Map<ResourceState, OperationType>();
  /** Operations that an earlier run left; each is dropped when its resource is settled. */
  private left: PendingOperation[];

  /** @param save called after each change that must not be lost; resolves when it is on the disk */
  constructor(
    before: Snapshot,
    private readonly save: () => Promise<void>,
  ) {
    this.base = [...before.resources];
    this.left = [...before.pending];
  }

  snapshot(): Snapshot {
    const pending = [...this.pending].map(([resource, type]) => ({ resource, type }));
    return {
      resources: [...this.news, ...this.base.filter((resource) => !this.done.has(resource))],
      pending: [...this.left, ...pending],
    };
  }

  /** Resources of before that nothing was done with yet. */
  remaining(): ResourceState[] {
    return this.base.filter((resource) => !this.done.has(resource));
  }

  leftovers(): readonly PendingOperation[] {
    return this.left;
  }

  /** Drops what an earlier run left under way for a URN. */
  settle(urn: string, ...types: OperationType[]): void {
    this.left = this.left.filter((operation) => operation.resource.urn !== urn || !types.includes(operation.type));
  }

  /** Written down before a provider is called. */
  async begin(resource: ResourceState, type: OperationType): Promise<void> {
    this.pending.set(resource, type);
    await this.save();
  }

  /** The call has failed, and nothing has come of it. */
  async abandon(resource: ResourceState): Promise<void> {
    this.pending.delete(resource);
    await this.save();
  }

  /**
   * A resource is as the program wants it.
   * @param begun what `begin` was told
   * @param replaces what it stands for from now on
   */
  async settleNew(resource: ResourceState, begun: ResourceState | undefined, ...replaces: ResourceState[]) {
    if (begun !== undefined) this.pending.delete(begun);
    for (const old of replaces) this.standFor(old, resource);
    this.news.push(resource);
    await this.save();
  }

  /** Nothing about a resource has changed but its place: not worth a write. */
  keep(resource: ResourceState, old: ResourceState): void {
    this.standFor(old, resource);
    this.news.push(resource);
  }

  /** A resource of before is gone. */
  async remove(resource: ResourceState, begun?: ResourceState): Promise<void> {
    if (begun !== undefined) this.pending.delete(begun);
    this.done.add(resource);
    await this.save();
  }

  /** A resource that nobody has asked for is there all the same, such as one whose create was interrupted. */
  async adopt(resource: ResourceState): Promise<void> {
    this.base.push(resource);
    this.dropDangling();
    await this.save();
  }

  /** A resource of before stays where it is, and is not what it was. */
  async settleOld(resource: ResourceState): Promise<void> {
    this.pending.delete(resource);
    await this.save();
  }

  /** Something about resources that are in the state already has changed. */
  async changed(): Promise<void> {
    await this.save();
  }

  /** One resource in the place of another. If it has another name, what still refers to the old one follows. */
  private standFor(old: ResourceState, resource: ResourceState): void {
    this.done.add(old);
    const [from, to] = [old.urn, resource.urn];
    if (from === to) return;
    const rename = (urn: string) => (urn === from ? to : urn);
    for (const resource of this.remaining()) {
      if (resource.parent !== undefined) resource.parent = rename(resource.parent);
      if (resource.deletedWith !== undefined) resource.deletedWith = rename(resource.deletedWith);
      if (resource.dependencies !== undefined) resource.dependencies = resource.dependencies.map(rename);
      for (const urns of Object.values(resource.propertyDependencies ?? {}))
        urns.splice(0, urns.length, ...urns.map(rename));
      if (resource.provider?.startsWith(`${from}::`)) resource.provider = to + resource.provider.slice(from.length);
    }
  }

  /** Forgets references to what is not there any more. */
  dropDangling(): void {
    const there = new Set(this.snapshot().resources.map(({ urn }) => urn));
    const isThere = (urn: string) => there.has(urn);
    for (const resource of this.remaining()) {
      if (resource.parent !== undefined && !isThere(resource.parent)) delete resource.parent;
      if (resource.deletedWith !== undefined && !isThere(resource.deletedWith)) delete resource.deletedWith;
      if (resource.dependencies !== undefined) resource.dependencies = resource.dependencies.filter(isThere);
      for (const [key, urns] of Object.entries(resource.propertyDependencies ?? {})) {
        const kept = urns.filter(isThere);
        if (resource.propertyDependencies !== undefined) resource.propertyDependencies[key] = kept;
      }
    }
  }

  /** Puts a resource that was read again in the place of what it was. */
  replaceBase(old: ResourceState, now: ResourceState | undefined): void {
    this.base = this.base.flatMap((resource) => (resource === old ? (now ?? []) : resource));
  }
}
