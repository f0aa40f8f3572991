import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { ErrorJson } from '../../../src/core/error/swarm-error.ts';
import type { RunEvent, RunEventData } from '../../../src/core/event.ts';
import { reduce } from '../../../src/core/reduce/reduce.ts';
import { initialRunState, type RunState } from '../../../src/core/run-state.ts';
import { formatHostNames, groupFailures } from '../../../src/report/events/same-failures.ts';
import { formatExitSummary } from '../../../src/report/exit-summary.ts';
import { formatHtmlReport } from '../../../src/report/html/html-report.ts';
import { execReporter } from '../../../src/report/reporters/exec-lines.ts';
import { plainReporter } from '../../../src/report/reporters/plain-reporter.ts';
import { runDocument } from '../../../src/report/reporters/run-document.ts';
import { detectTerminalStyle } from '../../../src/report/text/terminal-style.ts';
import { buildStory, numberEvents, reduceEvents } from '../run-stories.ts';

const style = { ...detectTerminalStyle({}, { LANG: 'C.UTF-8' }), columns: 80 };
const names = Array.from({ length: 40 }, (_, index) => `d${String(index + 1).padStart(2, '0')}`);

const unreachable = (host: string, index: number): ErrorJson => ({
  code: 'SW2001',
  message: `local 10.0.0.${index + 1}:22: the machine did not answer`,
  hint: `To try every route, run: swarm hosts verify ${host}`,
});

/** 40 hosts that do not answer, for the same reason. */
const outage: readonly RunEvent[] = numberEvents([
  [0, { type: 'run.started', playbook: 'p', args: {}, hosts: names, check: false, diff: false, pid: 1, version: '0' }],
  ...names.map((host, index): readonly [number, RunEventData] => [
    5 + index / 100,
    { type: 'host.unreachable', host, error: unreachable(host, index) },
  ]),
  [6, { type: 'run.finished', status: 'failed', exit: 8, ms: 6000 }],
]);

async function print(open: (out: PassThrough) => ReturnType<typeof plainReporter>, events: readonly RunEvent[]): Promise<string> {
  const out = new PassThrough();
  const reporter = open(out);
  let state: RunState = initialRunState('x');
  for (const event of events) {
    state = reduce(state, event);
    reporter.event(event, state);
  }
  await reporter.close(state);
  return String(out.read() ?? '');
}

const expectOneBlock = (text: string): void => {
  expect(text.match(/did not answer/g)).toHaveLength(1);
  expect(text).toContain('error[SW2001]: 40 hosts: local …: the machine did not answer');
  expect(text).toMatch(/hosts: d01, d02, .*d12 and 28 more\n/);
  expect(text).toContain(`hint: To try every route, run: swarm hosts verify ${names.join(',')}`);
};

test('plain output prints the same failure of 40 hosts once, with their names', async () => {
  const text = await print((out) => plainReporter(out, style), outage);
  expectOneBlock(text);
  expect(text).toMatch(/^00:05 {2}40 hosts {2}unreachable {2}SW2001$/m);
});

test('exec prints it once on stderr', async () => {
  expectOneBlock(await print((err) => execReporter(new PassThrough(), err, style), outage));
});

test('what stays when the screen is closed has it once', () => {
  expectOneBlock(formatExitSummary(reduceEvents(outage), style).join('\n'));
});

test('the HTML report has it once, with every name', () => {
  const page = formatHtmlReport(outage);
  expect(page.match(/did not answer/g)).toHaveLength(1);
  expect(page).toContain(names.join(', '));
});

test('JSON has every failure', () => {
  expect(runDocument(reduceEvents(outage))['errors']).toHaveLength(40);
});

test('different failures stay apart, and so do failures of items', () => {
  const other = { ...unreachable('d02', 1), message: 'local 10.0.0.2:22: connection refused', host: 'd02' };
  expect(groupFailures([{ ...unreachable('d01', 0), host: 'd01' }, other])).toHaveLength(2);
  const state = reduceEvents(buildStory());
  expect(groupFailures(state.errors, state)).toHaveLength(state.errors.length);
});

test('a failure of one host is printed as it is', () => {
  const error = { ...unreachable('d01', 0), host: 'd01' };
  expect(groupFailures([error])).toEqual([{ error, members: [error] }]);
});

test('a failure more than a second later is printed by itself', async () => {
  const late = numberEvents(
    (['d01', 'd02'] as const).map((host, index) => [index * 2, { type: 'host.unreachable', host, error: unreachable(host, index) }]),
  );
  expect((await print((out) => plainReporter(out, style), late)).match(/did not answer/g)).toHaveLength(2);
});

test('names are cut to the width, and the rest is counted', () => {
  expect(formatHostNames(['a', 'b', 'c'], 20)).toBe('a, b, c');
  expect(formatHostNames(names, 24)).toBe('d01, d02 and 38 more');
  expect(formatHostNames(['a-very-long-name', 'b'], 5)).toBe('a-very-long-name and 1 more');
});
