import type { Blame } from '../../core/event.ts';

const STRIKES = 3;
const ALIKE = 3;

/** What a failure leads to, beside the item's own fate. */
export interface Verdict {
  readonly blame: Blame;
  /** The item fails in the same way wherever it goes. */
  readonly everywhere: boolean;
  /** This host gets no more items in this run. */
  readonly aside?: string;
  /** Most hosts fail alike: nobody gets more items. */
  readonly fleet: boolean;
}

/** Counts failures against hosts, items and the fleet; attribution comes first, and the fleet is never grounded for one host's fault. */
export interface Breakers {
  failed(failure: { readonly item: string; readonly host: string; readonly blame: Blame; readonly signature: string }): Verdict;
  isAside(host: string): boolean;
}

/** `hosts` take part; `gone` tells how many of them cannot be used for other reasons. */
export function breakersFor(hosts: number, gone: () => number): Breakers {
  const aside = new Set<string>();
  /** Items that count against a host. */
  const strikes = new Map<string, Set<string>>();
  /** By signature: who failed so, with what. */
  const alike = new Map<string, { readonly host: string; readonly item: string }[]>();
  const distinct = (values: readonly string[]): number => new Set(values).size;

  /** Never more than a third set aside, and one stays. */
  const mayLose = (): boolean => {
    const out = aside.size + gone();
    return out + 1 <= Math.max(1, Math.floor(hosts / 3)) && hosts - out - 1 >= 1;
  };

  return {
    isAside: (host) => aside.has(host),
    failed({ item, host, blame: first, signature }) {
      const same = [...(alike.get(signature) ?? []), { host, item }];
      alike.set(signature, same);
      const onHosts = same.filter((each) => each.item === item).map((each) => each.host);
      const everywhere = (first === 'package' || first === 'plan' || first === 'unknown') && distinct(onHosts) >= 2;
      // alike on two hosts: it was the item after all, and no host is to blame
      const blame = everywhere && first === 'unknown' ? 'package' : first;
      if (everywhere) for (const each of onHosts) strikes.get(each)?.delete(item);

      const counts = blame === 'host' || blame === 'unknown';
      if (counts) strikes.set(host, (strikes.get(host) ?? new Set()).add(item));
      const enough = Math.max(ALIKE, Math.ceil((hosts - gone()) / 2));
      const fleet =
        blame !== 'link' && distinct(same.map((each) => each.host)) >= enough && distinct(same.map((each) => each.item)) >= ALIKE;
      if (fleet || !counts || aside.has(host) || (strikes.get(host)?.size ?? 0) < STRIKES || !mayLose())
        return { blame, everywhere, fleet };
      aside.add(host);
      return { blame, everywhere, fleet, aside: host };
    },
  };
}
