import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { RunEvent } from '../../src/core/event.ts';
import { reduce } from '../../src/core/reduce/reduce.ts';
import { initialRunState } from '../../src/core/run-state.ts';
import { toNotification } from '../../src/fleet/notify/notice.ts';
import { collectReportData } from '../../src/report/html/report-data.ts';
import { execReporter } from '../../src/report/reporters/exec-lines.ts';
import { jsonReporter } from '../../src/report/reporters/json-reporter.ts';
import { formatJunit } from '../../src/report/reporters/junit-reporter.ts';
import { createPlainFormatter } from '../../src/report/reporters/plain-reporter.ts';
import { createScreenRecorder } from '../../src/report/screen/model/screen-model.ts';
import { detectTerminalStyle } from '../../src/report/text/terminal-style.ts';
import { buildStory, reduceEvents } from './run-stories.ts';

const style = { ...detectTerminalStyle({}, { LANG: 'C.UTF-8' }), verbosity: 3 };
const types = [
  'host.teleported',
  'route.bent',
  'guard.slept',
  'job.split',
  'item.moved',
  'task.doubled',
  'queue.turned',
  'weather.changed',
];
const newer = types.map((type, index) => ({
  ...{ v: 1, run: '7KQ2', seq: index, at: '2026-01-01T00:00:00.000Z', type, host: 'drone-Izar', task: '0.0', item: 'x' },
})) as unknown as readonly RunEvent[];
/** A run with events between its own that this swarm does not know. */
const mixed = buildStory().flatMap((event) => [event, ...newer]);

test('an event that swarm does not know changes no state', () => {
  expect(reduceEvents(mixed)).toEqual(reduceEvents(buildStory()));
});

test('no reporter shows it, and none fails', async () => {
  const [lines, recorder, sink] = [createPlainFormatter(style), createScreenRecorder(style), new PassThrough().resume()];
  const reporters = [execReporter(sink, sink, style), jsonReporter(sink)];
  let state = initialRunState('7KQ2');
  for (const event of mixed) {
    state = reduce(state, event);
    const printed = lines.event(event, state);
    recorder.record(event, state);
    for (const reporter of reporters) reporter.event(event, state);
    if (types.includes(event.type)) expect([printed, toNotification(event, state)]).toEqual([[], undefined]);
  }
  for (const reporter of reporters) await reporter.close(state);
  expect(formatJunit(mixed)).toBe(formatJunit(buildStory()));
  expect(collectReportData(mixed).bars).toEqual(collectReportData(buildStory()).bars);
});
