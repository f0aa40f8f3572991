const PAGE = 32;

/** A map that never changes. A changed copy shares all but one page of values with the map before it, so that a change among thousands of
 *  values costs about as much as among a few. Keeps the order in which keys came. */
export class SharedMap<V> {
  /** Where each key stands. Shared by all maps with the same keys. */
  private readonly places: ReadonlyMap<string, number>;
  private readonly pages: readonly (readonly V[])[];

  private constructor(places: ReadonlyMap<string, number>, pages: readonly (readonly V[])[]) {
    this.places = places;
    this.pages = pages;
  }

  static of<V>(entries: Iterable<readonly [string, V]>): SharedMap<V> {
    const values = new Map(entries);
    const places = new Map([...values.keys()].map((key, place) => [key, place]));
    const all = [...values.values()];
    const pages = Array.from({ length: Math.ceil(all.length / PAGE) }, (_, page) => all.slice(page * PAGE, (page + 1) * PAGE));
    return new SharedMap(places, pages);
  }

  get size(): number {
    return this.places.size;
  }

  get(key: string): V | undefined {
    const place = this.places.get(key);
    return place === undefined ? undefined : this.pages[Math.floor(place / PAGE)]?.[place % PAGE];
  }

  /** A copy with another value of the key. */
  with(key: string, value: V): SharedMap<V> {
    const place = this.places.get(key);
    if (place === undefined) return SharedMap.of([...this.entries(), [key, value]]);
    const at = Math.floor(place / PAGE);
    return new SharedMap(this.places, this.pages.with(at, this.pages[at]?.with(place % PAGE, value) ?? []));
  }

  keys(): string[] {
    return [...this.places.keys()];
  }

  values(): V[] {
    return this.pages.flat();
  }

  entries(): [string, V][] {
    const values = this.values();
    return this.keys().map((key, place) => [key, values[place] as V]);
  }
}
