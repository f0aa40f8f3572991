import type { FailureCause } from '../../core/event.ts';

const STRIKES_TO_EXCLUDE = 3;
const HOSTS_FAILING_ALIKE = 3;

/** What a failure leads to, beside the item's own fate. */
export interface BreakerDecision {
  readonly blame: FailureCause;
  /** The item fails in the same way wherever it goes. */
  readonly failsEverywhere: boolean;
  /** This host gets no more items in this run. */
  readonly excludedHost?: string;
  /** Most hosts fail alike: nobody gets more items. */
  readonly stopsQueue: boolean;
}

/** Counts failures against hosts, items and the fleet; attribution comes first, and the fleet is never grounded for one host's fault. */
export interface Breakers {
  recordFailure(failure: {
    readonly item: string;
    readonly host: string;
    readonly blame: FailureCause;
    readonly signature: string;
  }): BreakerDecision;
  isExcluded(host: string): boolean;
}

/** `hosts` take part; `gone` tells how many of them cannot be used for other reasons. */
export function createBreakers(hosts: number, countUnusable: () => number): Breakers {
  const aside = new Set<string>();
  /** Items that count against a host. */
  const strikes = new Map<string, Set<string>>();
  /** By signature: who failed so, with what. */
  const alike = new Map<string, { readonly host: string; readonly item: string }[]>();
  const distinct = (values: readonly string[]): number => new Set(values).size;

  /** Never more than a third set aside, and one stays. */
  const canExcludeAnother = (): boolean => {
    const out = aside.size + countUnusable();
    return out + 1 <= Math.max(1, Math.floor(hosts / 3)) && hosts - out - 1 >= 1;
  };

  return {
    isExcluded: (host) => aside.has(host),
    recordFailure({ item, host, blame: first, signature }) {
      const same = [...(alike.get(signature) ?? []), { host, item }];
      alike.set(signature, same);
      const onHosts = same.filter((each) => each.item === item).map((each) => each.host);
      const everywhere = (first === 'package' || first === 'plan' || first === 'unknown') && distinct(onHosts) >= 2;
      // alike on two hosts: it was the item after all, and no host is to blame
      const blame = everywhere && first === 'unknown' ? 'package' : first;
      if (everywhere) for (const each of onHosts) strikes.get(each)?.delete(item);

      const counts = blame === 'host' || blame === 'unknown';
      if (counts) strikes.set(host, (strikes.get(host) ?? new Set()).add(item));
      const stopThreshold = Math.max(HOSTS_FAILING_ALIKE, Math.ceil((hosts - countUnusable()) / 2));
      const fleet =
        blame !== 'link' &&
        distinct(same.map((each) => each.host)) >= stopThreshold &&
        distinct(same.map((each) => each.item)) >= HOSTS_FAILING_ALIKE;
      if (fleet || !counts || aside.has(host) || (strikes.get(host)?.size ?? 0) < STRIKES_TO_EXCLUDE || !canExcludeAnother())
        return { blame, failsEverywhere: everywhere, stopsQueue: fleet };
      aside.add(host);
      return { blame, failsEverywhere: everywhere, stopsQueue: fleet, excludedHost: host };
    },
  };
}
