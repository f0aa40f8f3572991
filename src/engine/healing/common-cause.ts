/** How an item ended on a host. */
export interface ItemEnd {
  readonly host: string;
  readonly item: string;
  /** In milliseconds. */
  readonly at: number;
  /** What failures share that can have one cause; undefined for an end which shows that the host works. */
  readonly way: string | undefined;
}

/** Failures of several drones within this time can have one cause. */
const COMMON_CAUSE_MS = 10 * 60_000;

/**
 * The drones that fail for a cause that all share, such as the link of this machine, a mirror or the binhost; none where it is not
 * so. At least half of the drones, and two, fail in the same way on different items, and meanwhile no drone fails in another way or
 * finishes an item. Drones that are still busy do not count.
 */
export function findCommonFailures(ends: readonly ItemEnd[], drones: number, now: number): readonly string[] {
  const recent = ends.filter(({ at }) => now - at <= COMMON_CAUSE_MS);
  const way = recent.at(-1)?.way;
  if (way === undefined) return [];
  const same = recent.slice(recent.findLastIndex((end) => end.way !== way) + 1);
  const hosts = [...new Set(same.map(({ host }) => host))];
  const items = new Set(same.map(({ item }) => item));
  return items.size >= 2 && hosts.length >= Math.max(2, Math.ceil(drones / 2)) ? hosts : [];
}
