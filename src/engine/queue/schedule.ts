/** One piece of work. It starts when all that it needs is published. */
export interface ScheduledWork {
  readonly id: string;
  readonly needs: readonly string[];
  /** Expected duration, in any unit that all work of the list shares. */
  readonly cost: number;
  /** Names of the hosts that may do it; absent: all. */
  readonly hosts?: readonly string[];
}

/** A host that may take work. */
export interface HostCapacity {
  readonly name: string;
  readonly cores: number;
}

/** `unknown`: it runs on a host that is lost. */
type WorkStatus = 'queued' | 'running' | 'published' | 'failed' | 'skipped' | 'unknown';

/** Decides which item goes to which host next. It starts nothing itself: the caller reports what happened. */
export interface Schedule<W extends ScheduledWork = ScheduledWork> {
  /** What starts next, and on which idle host. `usable` are all hosts that take work, also busy ones. */
  nextStart(idle: readonly HostCapacity[], usable: readonly HostCapacity[]): { readonly work: W; readonly host: string } | undefined;
  markStarted(id: string): void;
  markPublished(id: string): void;
  /** The item failed on a host. Unless `final`, it is queued again. Returns the items that can no longer start. */
  markFailed(id: string, host: string, final: boolean): readonly string[];
  /** The host of the item is lost. The item, and those that need it, do not start again in this run. */
  markUnknown(id: string): void;
  /** The host of the item is gone: any other host may start it. */
  markReleased(id: string): void;
  /** How often the item failed in this process. */
  countFailures(id: string): number;
  hasFailedOn(id: string, host: string): boolean;
  mayRunOn(id: string, host: string): boolean;
  statusOf(id: string): WorkStatus | undefined;
  /** The items that have not started and still can. */
  readonly waiting: readonly string[];
  /** Those of them that have all that they need. */
  readonly ready: readonly string[];
}

/** Finds items that need each other in a circle, with the first repeated at the end. Needs that are not in the list do not count. */
export function findCycle(work: readonly ScheduledWork[]): readonly string[] | undefined {
  const byId = new Map(work.map((each) => [each.id, each]));
  const done = new Set<string>();
  for (const { id: root } of work) {
    const path: { readonly id: string; next: number }[] = [{ id: root, next: 0 }];
    const on = new Set([root]);
    for (let top = path.at(-1); top !== undefined && !done.has(root); top = path.at(-1)) {
      const need = byId.get(top.id)?.needs[top.next++];
      if (need === undefined) {
        done.add(top.id);
        on.delete(top.id);
        path.pop();
      } else if (on.has(need)) {
        const ids = path.map(({ id }) => id);
        return [...ids.slice(ids.indexOf(need)), need];
      } else if (byId.has(need) && !done.has(need)) {
        on.add(need);
        path.push({ id: need, next: 0 });
      }
    }
  }
  return undefined;
}

/**
 * A list schedule: the item with the longest chain of dependents goes first, to the idle host with the most cores. `work` has no
 * circle. `pinned`: items that an earlier process started, and their hosts; only those hosts have their results.
 */
export function createSchedule<W extends ScheduledWork>(
  work: readonly W[],
  before: { readonly published: ReadonlySet<string>; readonly pinned: ReadonlyMap<string, string> },
): Schedule<W> {
  const byId = new Map(work.map((each) => [each.id, each]));
  const status = new Map<string, WorkStatus>(work.map(({ id }) => [id, before.published.has(id) ? 'published' : 'queued']));
  const failedOn = new Map<string, string[]>();
  const pins = new Map(before.pinned);
  const dependents = new Map<string, string[]>();
  for (const { id, needs } of work) for (const need of new Set(needs)) dependents.set(need, [...(dependents.get(need) ?? []), id]);
  const chain = longestChains(work, dependents);
  const order = [...work].sort((a, b) => (chain.get(b.id) ?? 0) - (chain.get(a.id) ?? 0)).map(({ id }) => id);
  const isReady = (id: string): boolean =>
    status.get(id) === 'queued' && (byId.get(id)?.needs ?? []).every((need) => (status.get(need) ?? 'published') === 'published');

  const usableHosts = (id: string, all: readonly HostCapacity[]): readonly HostCapacity[] => {
    const allowed = byId.get(id)?.hosts;
    const usable = allowed === undefined ? all : all.filter(({ name }) => allowed.includes(name));
    const pin = pins.get(id);
    if (pin !== undefined && !failedOn.has(id)) return usable.filter(({ name }) => name === pin);
    const fresh = usable.filter(({ name }) => !failedOn.get(id)?.includes(name));
    return fresh.length > 0 ? fresh : usable;
  };

  return {
    nextStart(idle, usable) {
      const strongest = [...idle].sort((a, b) => b.cores - a.cores);
      // items that already run on a host are attached first
      const pinned = order.filter((id) => pins.has(id) && !failedOn.has(id));
      for (const id of [...pinned, ...order]) {
        const next = byId.get(id);
        if (next === undefined || !isReady(id)) continue;
        const may = usableHosts(id, usable);
        const host = strongest.find(({ name }) => may.some((each) => each.name === name));
        if (host !== undefined) return { work: next, host: host.name };
      }
      return undefined;
    },
    markStarted: (id) => void status.set(id, 'running'),
    markPublished: (id) => void status.set(id, 'published'),
    markFailed(id, host, final) {
      failedOn.set(id, [...(failedOn.get(id) ?? []), host]);
      status.set(id, final ? 'failed' : 'queued');
      if (!final) return [];
      const lost = listQueuedDependents(id, dependents, status);
      for (const each of lost) status.set(each, 'skipped');
      return lost;
    },
    markUnknown: (id) => void status.set(id, 'unknown'),
    markReleased(id) {
      pins.delete(id);
      status.set(id, 'queued');
    },
    countFailures: (id) => failedOn.get(id)?.length ?? 0,
    mayRunOn: (id, host) => byId.get(id)?.hosts?.includes(host) ?? true,
    hasFailedOn: (id, host) => failedOn.get(id)?.includes(host) ?? false,
    statusOf: (id) => status.get(id),
    get ready() {
      return order.filter(isReady);
    },
    get waiting() {
      return order.filter((id) => status.get(id) === 'queued');
    },
  };
}

/** The queued items that need an item, directly or through other queued ones. */
function listQueuedDependents(
  id: string,
  dependents: ReadonlyMap<string, readonly string[]>,
  status: ReadonlyMap<string, WorkStatus>,
): readonly string[] {
  const found: string[] = [];
  for (const open = [...(dependents.get(id) ?? [])]; open.length > 0; ) {
    const next = open.pop();
    if (next === undefined || found.includes(next) || status.get(next) !== 'queued') continue;
    found.push(next);
    open.push(...(dependents.get(next) ?? []));
  }
  return found;
}

/** For each item: its own cost plus that of the most expensive chain of items that wait for it. */
function longestChains(work: readonly ScheduledWork[], dependents: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, number> {
  const cost = new Map(work.map((each) => [each.id, each.cost]));
  const total = new Map<string, number>();
  for (const { id: root } of work) {
    // depth first without recursion, because a chain can be as long as the list
    for (const stack = [root]; stack.length > 0; ) {
      const id = stack.at(-1) ?? '';
      const open = (dependents.get(id) ?? []).filter((each) => !total.has(each));
      if (!total.has(id) && open.length > 0) {
        stack.push(...open);
        continue;
      }
      stack.pop();
      if (total.has(id)) continue;
      const longest = Math.max(0, ...(dependents.get(id) ?? []).map((each) => total.get(each) ?? 0));
      total.set(id, (cost.get(id) ?? 0) + longest);
    }
  }
  return total;
}
