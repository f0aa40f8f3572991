import { createSchedule, type HostCapacity, type ScheduledWork } from './schedule.ts';

/** Seconds that an item takes on a host, with one standard deviation. */
export interface ExpectedTime {
  readonly seconds: number;
  readonly deviation: number;
}

/** Where and when an item is expected to start, in seconds from now. */
export interface ExpectedStart extends ExpectedTime {
  readonly id: string;
  readonly host: string;
  readonly start: number;
  /** It is on the critical path: if it takes longer, the end moves. */
  readonly critical: boolean;
}

/** What a run is expected to do when nothing fails. `starts` are in order. */
export interface Simulation {
  readonly starts: readonly ExpectedStart[];
  readonly end: { readonly seconds: number; readonly spread: number };
}

type Start = Omit<ExpectedStart, 'critical'>;

/**
 * Runs the schedule of a queue against a clock of its own. The critical path goes back from the last item: before each item stands
 * the one that it waited for, a need of it or what its host did before. The spread is one standard deviation of that path.
 */
export function simulateSchedule<W extends ScheduledWork>(
  work: readonly W[],
  hosts: readonly HostCapacity[],
  expect: (item: W, host: HostCapacity) => ExpectedTime,
): Simulation {
  const starts = listStarts(work, hosts, expect);
  const path = findCriticalPath(starts, new Map(work.map(({ id, needs }) => [id, needs])));
  const variance = starts.reduce((sum, { id, deviation }) => (path.has(id) ? sum + deviation ** 2 : sum), 0);
  return {
    starts: starts.map((each) => ({ ...each, critical: path.has(each.id) })),
    end: { seconds: Math.max(0, ...starts.map(endOf)), spread: Math.sqrt(variance) },
  };
}

const endOf = ({ start, seconds }: Start): number => start + seconds;

function listStarts<W extends ScheduledWork>(
  work: readonly W[],
  hosts: readonly HostCapacity[],
  expect: (item: W, host: HostCapacity) => ExpectedTime,
): readonly Start[] {
  const schedule = createSchedule(work, { published: new Set(), pinned: new Map() });
  const byName = new Map(hosts.map((host) => [host.name, host]));
  const starts: Start[] = [];
  let running: readonly Start[] = [];
  for (let now = 0; ; ) {
    const busy = new Set(running.map(({ host }) => host));
    const next = schedule.nextStart(
      hosts.filter(({ name }) => !busy.has(name)),
      hosts,
    );
    const host = byName.get(next?.host ?? '');
    if (next !== undefined && host !== undefined) {
      const started = { id: next.work.id, host: host.name, start: now, ...expect(next.work, host) };
      schedule.markStarted(started.id);
      starts.push(started);
      running = [...running, started];
    } else {
      if (running.length === 0) return starts;
      const end = Math.min(...running.map(endOf));
      now = end;
      for (const each of running) if (endOf(each) === end) schedule.markPublished(each.id);
      running = running.filter((each) => endOf(each) > end);
    }
  }
}

function findCriticalPath(starts: readonly Start[], needs: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const path = new Set<string>();
  let last = starts.reduce<Start | undefined>(
    (latest, each) => (latest === undefined || endOf(each) > endOf(latest) ? each : latest),
    undefined,
  );
  while (last !== undefined) {
    const current: Start = last;
    path.add(current.id);
    const before = starts.filter((each) => !path.has(each.id) && endOf(each) === current.start);
    last = before.find(({ id }) => needs.get(current.id)?.includes(id)) ?? before.find(({ host }) => host === current.host);
  }
  return path;
}
