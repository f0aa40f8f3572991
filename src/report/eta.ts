import type { ItemState, RunState } from '../core/run-state.ts';

/** When the queue will be empty. */
export interface Eta {
  /** Seconds from now. */
  readonly seconds: number;
  /** One standard deviation. */
  readonly spread: number;
}

const DEFAULT_DOUBT = 0.3; // relative error of an estimate, until items of this run are finished
const MIN_KNOWN_SHARE = 0.7; // of the unfinished items must have an estimate

/** Schedules the unfinished items, longest first, on the reachable hosts, with the estimates of past runs corrected by this run.
 *  Undefined when too few items have an estimate. */
export function estimateEta(state: RunState, now: number): Eta | undefined {
  const left = state.items.values().filter((item) => item.status === 'queued' || item.status === 'running');
  if (left.length === 0) return undefined;
  const known = left.flatMap((item) => (item.estimate === undefined ? [] : [item.estimate]));
  if (known.length / left.length < MIN_KNOWN_SHARE) return undefined;
  const usual = median(known);
  const { factor, doubt } = measureEstimates(state);
  const sizeOf = (item: ItemState): number => (item.estimate ?? usual) * factor;
  const slots = state.hosts
    .values()
    .filter(({ phase }) => phase !== 'unreachable' && phase !== 'refused')
    .map(() => ({ at: 0, variance: 0 }));
  if (slots.length === 0) return undefined;
  const done = new Map<string, number>();
  const running = left.filter((item) => item.status === 'running');
  for (const [index, item] of running.entries()) {
    const slot = slots[index % slots.length] ?? { at: 0, variance: 0 };
    const elapsed = item.startedAt === undefined ? 0 : (now - Date.parse(item.startedAt)) / 1000;
    // of an item that takes longer than estimated, a tenth of the estimate is assumed to remain
    const rest = Math.max(sizeOf(item) - elapsed, sizeOf(item) / 10);
    slot.at += rest;
    slot.variance += (sizeOf(item) * doubt) ** 2;
    done.set(item.id, slot.at);
  }
  const waiting = left.filter((item) => item.status === 'queued').sort((a, b) => sizeOf(b) - sizeOf(a));
  scheduleItems(waiting, slots, done, sizeOf, doubt);
  const last = slots.reduce((latest, slot) => (slot.at > latest.at ? slot : latest));
  return { seconds: last.at, spread: Math.sqrt(last.variance) };
}

interface Slot {
  at: number;
  variance: number;
}

function scheduleItems(
  waiting: ItemState[],
  slots: Slot[],
  done: Map<string, number>,
  sizeOf: (item: ItemState) => number,
  doubt: number,
): void {
  const open = new Set([...waiting.map(({ id }) => id)]);
  const readyAt = ({ needs }: ItemState): number | undefined =>
    needs.some((id) => open.has(id)) ? undefined : Math.max(0, ...needs.map((id) => done.get(id) ?? 0));
  while (waiting.length > 0) {
    const slot = slots.reduce((first, each) => (each.at < first.at ? each : first));
    const ready = waiting.findIndex((item) => (readyAt(item) ?? Number.POSITIVE_INFINITY) <= slot.at);
    const index = ready >= 0 ? ready : Math.max(0, findSoonestItem(waiting, readyAt));
    const [item] = waiting.splice(index, 1);
    if (item === undefined) return;
    slot.at = Math.max(slot.at, readyAt(item) ?? 0) + sizeOf(item);
    slot.variance += (sizeOf(item) * doubt) ** 2;
    open.delete(item.id);
    done.set(item.id, slot.at);
  }
}

function findSoonestItem(waiting: readonly ItemState[], readyAt: (item: ItemState) => number | undefined): number {
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, item] of waiting.entries()) {
    const at = readyAt(item);
    if (at === undefined || at >= least) continue;
    least = at;
    best = index;
  }
  return best;
}

/** How the durations in this run compare with the estimates. */
function measureEstimates(state: RunState): { readonly factor: number; readonly doubt: number } {
  const ratios = state.items
    .values()
    .flatMap(({ status, seconds, estimate }) =>
      status === 'published' && seconds !== undefined && estimate !== undefined && estimate > 0 ? [seconds / estimate] : [],
    );
  if (ratios.length < 3) return { factor: 1, doubt: DEFAULT_DOUBT };
  const factor = Math.min(3, Math.max(1 / 3, median(ratios)));
  const off = Math.sqrt(ratios.reduce((sum, ratio) => sum + (ratio / factor - 1) ** 2, 0) / ratios.length);
  return { factor, doubt: Math.min(1, Math.max(0.1, off)) };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Seconds until a running item is done. Undefined without an estimate, or when the item takes longer than that. */
export function itemSecondsLeft(item: ItemState | undefined, now: number): number | undefined {
  if (item?.estimate === undefined || item.startedAt === undefined) return undefined;
  const left = item.estimate - (now - Date.parse(item.startedAt)) / 1000;
  return left > 0 ? left : undefined;
}
