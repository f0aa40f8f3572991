import type { FailureCause } from '../../core/event.ts';
import { createHostStrikes } from './host-strikes.ts';

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

/** Counts failures of hosts and items. The cause of each failure is decided first, so a fault of one host never stops the queue. */
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

/** `hosts` is how many hosts the queue has; `countUnusable` counts those that are lost. */
export function createBreakers(hosts: number, countUnusable: () => number): Breakers {
  const excluded = new Set<string>();
  const strikes = createHostStrikes();
  /** Failures with the same signature. */
  const failures = new Map<string, { readonly host: string; readonly item: string; readonly blame: FailureCause }[]>();

  /** At most a third of the hosts are excluded or lost, and one host remains. */
  const canExcludeAnother = (): boolean => {
    const out = excluded.size + countUnusable();
    return out + 1 <= Math.max(1, Math.floor(hosts / 3)) && hosts - out - 1 >= 1;
  };

  /** True where the host gets no more items from now on. */
  const excludeIfDue = (host: string): boolean => {
    if (excluded.has(host) || !strikes.areEnough(host) || !canExcludeAnother()) return false;
    excluded.add(host);
    return true;
  };
  return {
    isExcluded: (host) => excluded.has(host),
    recordSuccess(item, host) {
      strikes.recordSuccess(host);
      const wrong = [...failures.values()].flatMap((same) =>
        same.filter((each) => each.item === item && each.host !== host && wasWrong(each.blame, distinct(same.map((one) => one.host)))),
      );
      const names = [...new Set(wrong.map((each) => each.host))];
      for (const each of names) strikes.add(each, item);
      return { wrong: names, excluded: names.filter(excludeIfDue) };
    },
    forgive: strikes.forget,
    readmit(host) {
      excluded.delete(host);
      strikes.forget(host);
    },
    recordFailure({ item, host, blame: first, signature }) {
      const same = [...(failures.get(signature) ?? []), { host, item, blame: first }];
      failures.set(signature, same);
      const onHosts = same.filter((each) => each.item === item).map((each) => each.host);
      const failsEverywhere = (first === 'package' || first === 'plan' || first === 'unknown') && distinct(onHosts) >= 2;
      // the same error on two hosts: the item is to blame, and no host
      const blame = failsEverywhere && first === 'unknown' ? 'package' : first;
      if (failsEverywhere) for (const each of onHosts) strikes.withdraw(each, item);

      const counts = blame === 'host' || blame === 'unknown';
      if (counts) strikes.add(host, item);
      if (blame === 'link') strikes.addLinkFailure(host, item);
      const stopThreshold = Math.max(HOSTS_WITH_SAME_ERROR, Math.ceil((hosts - countUnusable()) / 2));
      const stopsQueue =
        blame !== 'link' &&
        distinct(same.map((each) => each.host)) >= stopThreshold &&
        distinct(same.map((each) => each.item)) >= HOSTS_WITH_SAME_ERROR;
      const decision = { blame, failsEverywhere, stopsQueue };
      return !stopsQueue && (counts || blame === 'link') && excludeIfDue(host) ? { ...decision, excludedHost: host } : decision;
    },
  };
}

const distinct = (values: readonly string[]): number => new Set(values).size;

/** True where the success of another host disproves the blame. A service that fails several hosts alike can have come back meanwhile. */
const wasWrong = (blame: FailureCause, hostsAlike: number): boolean =>
  blame === 'package' || blame === 'plan' || (blame === 'service' && hostsAlike === 1);
