const STRIKES_TO_EXCLUDE = 3;

/** What counts against each host of a queue. */
export interface HostStrikes {
  /** The host is to blame for the failure of an item. */
  add(host: string, item: string): void;
  /** An item failed because of the link of the host. It counts in a row of such items, and only once another host finished an item meanwhile:
   *  then it is not the link of this machine. */
  addLinkFailure(host: string, item: string): void;
  /** The host is not to blame for this item after all. */
  withdraw(host: string, item: string): void;
  /** The host finished an item. */
  recordSuccess(host: string): void;
  /** Enough counts against the host to exclude it. */
  areEnough(host: string): boolean;
  forget(host: string): void;
}

/** The items that failed on a host in a row, because of its link. */
interface LinkRow {
  readonly items: Set<string>;
  /** Another host finished an item since the row began. */
  othersWork: boolean;
}

/** Begins with nothing against any host. */
export function createHostStrikes(): HostStrikes {
  const strikes = new Map<string, Set<string>>();
  const linkRows = new Map<string, LinkRow>();
  return {
    add: (host, item) => void strikes.set(host, (strikes.get(host) ?? new Set()).add(item)),
    addLinkFailure(host, item) {
      const row = linkRows.get(host) ?? { items: new Set(), othersWork: false };
      linkRows.set(host, row);
      row.items.add(item);
    },
    withdraw: (host, item) => void strikes.get(host)?.delete(item),
    recordSuccess(host) {
      linkRows.delete(host);
      for (const row of linkRows.values()) row.othersWork = true;
    },
    areEnough(host) {
      const row = linkRows.get(host);
      const inRow = row?.othersWork === true ? row.items.size : 0;
      return Math.max(strikes.get(host)?.size ?? 0, inRow) >= STRIKES_TO_EXCLUDE;
    },
    forget(host) {
      strikes.delete(host);
      linkRows.delete(host);
    },
  };
}
