import type { PlannedStart, QueueItem, RunEventData } from '../../core/event.ts';
import type { HostRun } from '../host-run.ts';
import type { RunContext } from '../run-context.ts';
import type { PlannedItem } from './plan-items.ts';
import type { HostCapacity } from './schedule.ts';
import { type ExpectedTime, simulateSchedule } from './simulate-schedule.ts';

/** Of the expected time, where past runs do not show how much it varies. */
const DOUBT_AFTER_ONE_RUN = 0.3;
const DOUBT_WITHOUT_RUNS = 1;

/** The event of a planned queue. With --check it also has where and when each item would run, and the end. */
export function describePlan(context: RunContext, items: readonly PlannedItem[], workers: readonly HostRun[]): RunEventData {
  const { check } = context.options;
  if (!check) return { type: 'queue.planned', items: items.map((item) => describeItem(item, undefined)) };
  const hosts = workers.map(({ host, cores }): HostCapacity => ({ name: host.name, cores }));
  const { starts, end } = simulateSchedule(items, hosts, (item, host) => expectTime(context, item, host));
  const planned = new Map(
    starts.map(({ id, host, start, seconds, critical }, index): readonly [string, PlannedStart] => [
      id,
      { host, order: index + 1, start, seconds, critical },
    ]),
  );
  return { type: 'queue.planned', items: items.map((item) => describeItem(item, planned.get(item.id))), end };
}

function describeItem({ id, needs, estimate, shown }: PlannedItem, planned: PlannedStart | undefined): QueueItem {
  return {
    ...{ id, needs },
    ...(estimate === undefined ? {} : { estimate }),
    ...(shown === undefined ? {} : { shown }),
    ...(planned === undefined ? {} : { planned }),
  };
}

/** The times of past runs on hosts like this one. The rule where there are fewer than two: docs/targets.md. */
function expectTime({ durations }: RunContext, { id, cost }: PlannedItem, { cores }: HostCapacity): ExpectedTime {
  const known = durations.get(id, cores);
  const seconds = known ?? cost;
  const doubt = known === undefined ? DOUBT_WITHOUT_RUNS : DOUBT_AFTER_ONE_RUN;
  return { seconds, deviation: durations.deviation(id, cores) ?? seconds * doubt };
}
