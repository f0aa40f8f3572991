import type { FailureCause } from '../../core/event.ts';

const STRIKES_TO_EXCLUDE = 3;
const HOSTS_WITH_SAME_ERROR = 3;

/** What a failure means for the host, the item and the queue. */
export interface BreakerDecision {
  readonly blame: FailureCause;
  /** The item failed with the same error on two hosts, so no other host is tried. */
  readonly failsEverywhere: boolean;
  /** This host gets no more items in this run. */
  readonly excludedHost?: string;
  /** Most hosts failed with the same error, so no more items start. */
  readonly stopsQueue: boolean;
}

/** Counts failures of hosts and items. The cause of each failure is decided first, so a fault of one host never stops the queue. Failures of
 *  the link count against a host where they come in a row while other hosts finish items: then it is not the link of this machine. */
export interface Breakers {
  recordFailure(failure: {
    readonly item: string;
    readonly host: string;
    readonly blame: FailureCause;
    readonly signature: string;
  }): BreakerDecision;
  /** The item was done here. Hosts that failed it with the package, the plan or a service as the cause were wrong: it counts against them.
   *  Returns them, and those of them that get no more items. */
  recordSuccess(item: string, host: string): { readonly wrong: readonly string[]; readonly excluded: readonly string[] };
  isExcluded(host: string): boolean;
  /** Forgets the failures of a host, whose cause others share. One that is excluded stays so. */
  forgive(host: string): void;
  /** Forgets the failures of a host: it was healed. */
  readmit(host: string): void;
}

/** The items that failed on a host in a row, because of its link. */
interface LinkRow {
  readonly items: Set<string>;
  /** Another host finished an item since the row began. */
  othersWork: boolean;
}

/** `hosts` is how many hosts the queue has; `countUnusable` counts those that are lost. */
export function createBreakers(hosts: number, countUnusable: () => number): Breakers {
  const excluded = new Set<string>();
  /** The items for whose failure a host is to blame. */
  const strikes = new Map<string, Set<string>>();
  const linkRows = new Map<string, LinkRow>();
  /** Failures with the same signature. */
  const failures = new Map<string, { readonly host: string; readonly item: string; readonly blame: FailureCause }[]>();
  const distinct = (values: readonly string[]): number => new Set(values).size;

  /** At most a third of the hosts are excluded or lost, and one host remains. */
  const canExcludeAnother = (): boolean => {
    const out = excluded.size + countUnusable();
    return out + 1 <= Math.max(1, Math.floor(hosts / 3)) && hosts - out - 1 >= 1;
  };

  /** True where the success of another host disproves the blame. A service that fails several hosts alike can have come back meanwhile. */
  const wasWrong = (blame: FailureCause, hostsAlike: number): boolean =>
    blame === 'package' || blame === 'plan' || (blame === 'service' && hostsAlike === 1);
  const addStrike = (host: string, item: string): void => void strikes.set(host, (strikes.get(host) ?? new Set()).add(item));
  const addToLinkRow = (host: string, item: string): void => {
    const row = linkRows.get(host) ?? { items: new Set(), othersWork: false };
    linkRows.set(host, row);
    row.items.add(item);
  };
  const isDue = (host: string): boolean => {
    const row = linkRows.get(host);
    const inRow = row?.othersWork === true ? row.items.size : 0;
    return Math.max(strikes.get(host)?.size ?? 0, inRow) >= STRIKES_TO_EXCLUDE;
  };
  /** True where the host gets no more items from now on. */
  const excludeIfDue = (host: string): boolean => {
    if (excluded.has(host) || !isDue(host) || !canExcludeAnother()) return false;
    excluded.add(host);
    return true;
  };
  const forget = (host: string): void => {
    strikes.delete(host);
    linkRows.delete(host);
  };

  return {
    isExcluded: (host) => excluded.has(host),
    recordSuccess(item, host) {
      linkRows.delete(host);
      for (const row of linkRows.values()) row.othersWork = true;
      const wrong = [...failures.values()].flatMap((same) =>
        same.filter((each) => each.item === item && each.host !== host && wasWrong(each.blame, distinct(same.map((one) => one.host)))),
      );
      const names = [...new Set(wrong.map((each) => each.host))];
      for (const each of names) addStrike(each, item);
      return { wrong: names, excluded: names.filter(excludeIfDue) };
    },
    forgive: forget,
    readmit(host) {
      excluded.delete(host);
      forget(host);
    },
    recordFailure({ item, host, blame: first, signature }) {
      const same = [...(failures.get(signature) ?? []), { host, item, blame: first }];
      failures.set(signature, same);
      const onHosts = same.filter((each) => each.item === item).map((each) => each.host);
      const everywhere = (first === 'package' || first === 'plan' || first === 'unknown') && distinct(onHosts) >= 2;
      // the same error on two hosts: the item is to blame, and no host
      const blame = everywhere && first === 'unknown' ? 'package' : first;
      if (everywhere) for (const each of onHosts) strikes.get(each)?.delete(item);

      const counts = blame === 'host' || blame === 'unknown';
      if (counts) addStrike(host, item);
      if (blame === 'link') addToLinkRow(host, item);
      const stopThreshold = Math.max(HOSTS_WITH_SAME_ERROR, Math.ceil((hosts - countUnusable()) / 2));
      const fleet =
        blame !== 'link' &&
        distinct(same.map((each) => each.host)) >= stopThreshold &&
        distinct(same.map((each) => each.item)) >= HOSTS_WITH_SAME_ERROR;
      const decision = { blame, failsEverywhere: everywhere, stopsQueue: fleet };
      return !fleet && (counts || blame === 'link') && excludeIfDue(host) ? { ...decision, excludedHost: host } : decision;
    },
  };
}
