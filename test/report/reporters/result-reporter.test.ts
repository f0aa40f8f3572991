import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import type { RunEvent } from '../../../src/core/event.ts';
import type { Json } from '../../../src/core/json-value.ts';
import { SharedMap } from '../../../src/core/reduce/shared-map.ts';
import type { Reporter } from '../../../src/core/reporter.ts';
import { initialRunState, type RunState } from '../../../src/core/run-state.ts';
import { resultJsonReporter } from '../../../src/report/reporters/json-reporter.ts';
import { resultReporter } from '../../../src/report/reporters/result-reporter.ts';
import { detectTerminalStyle } from '../../../src/report/text/terminal-style.ts';

const finished = (host: string, result: Json): RunEvent =>
  ({ v: 1, run: 'r', seq: 0, at: '', type: 'task.finished', host, task: 't', name: 'n', outcome: 'ok', ms: 1, result }) as RunEvent;

const tally = { ok: 1, changed: 0, skipped: 0, failed: 0, unreachable: 0, refused: 0 };
const host = { phase: 'connected', tally, tail: [], lines: 0, setAside: [] } as const;
const state: RunState = {
  ...initialRunState('r'),
  hosts: SharedMap.of([
    ['a', host],
    ['b', host],
  ]),
};

async function printed(make: (out: PassThrough) => Reporter): Promise<string> {
  const out = new PassThrough();
  const reporter = make(out);
  for (const event of [finished('a', { facts: { cores: 2, names: ['x'] }, msg: '\u001b[2Jtwo\nlines' }), finished('b', null)])
    reporter.event(event, state);
  await reporter.close(state);
  out.end();
  return text(out);
}

test('what a module returned is YAML below each host, and cannot move the cursor', async () => {
  const style = detectTerminalStyle({}, { LANG: 'C.UTF-8' });
  expect(await printed((out) => resultReporter(out, style))).toBe(
    'a\n  facts:\n    cores: 2\n    names:\n      - x\n  msg: "\\e[2Jtwo\\nlines"\nb\n  null\n',
  );
});

test('with -o json it is in the document', async () => {
  const document = JSON.parse(await printed(resultJsonReporter)) as { hosts: object };
  expect(document.hosts).toMatchObject({ a: { ok: 1, result: { facts: { cores: 2 } } }, b: { result: null } });
});
