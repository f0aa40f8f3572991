import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import type { ErrorJson } from '../../src/core/error/swarm-error.ts';
import type { RunEvent, RunEventData } from '../../src/core/event.ts';
import { reduce } from '../../src/core/reduce/reduce.ts';
import { initialRunState } from '../../src/core/run-state.ts';
import { failureLines } from '../../src/report/events/failure-text.ts';
import { formatRecap } from '../../src/report/recap.ts';
import { execReporter } from '../../src/report/reporters/exec-lines.ts';
import { plainReporter } from '../../src/report/reporters/plain-reporter.ts';
import { toDisplayText, toOneLine } from '../../src/report/text/display-text.ts';
import { renderLine } from '../../src/report/text/styled-line.ts';
import { formatTextTable } from '../../src/report/text/table.ts';
import { detectTerminalStyle } from '../../src/report/text/terminal-style.ts';
import { createRandom } from '../remote/seeded-random.ts';
import { findTerminalEffect, hostileText } from './terminal-effects.ts';

const TEXTS = Number(process.env['SWARM_TEST_TEXTS'] ?? 20_000);
const seed = Number(process.env['SWARM_TEST_SEED'] ?? Date.now() % 1_000_000);
const look = detectTerminalStyle({}, { LANG: 'C.UTF-8' }, { color: 'never', verbosity: 3 });

/** A stream that looks at what a terminal would do with every write. */
function terminal(): { readonly out: Writable; readonly found: readonly string[] } {
  const found: string[] = [];
  const out = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      const text = chunk.toString();
      const what = findTerminalEffect(text);
      if (what !== undefined) found.push(`${what} in ${JSON.stringify(text)}`);
      done();
    },
  });
  return { out, found };
}

test('the model of the terminal sees what is not text', () => {
  for (const text of ['\x1b[31m', '\x9b', '\r', '\b', '\x00', '\u202e', '\u200b', '\u{e0041}', '\ud800'])
    expect(findTerminalEffect(`a${text}b`), JSON.stringify(text)).toBeDefined();
  expect(findTerminalEffect('naïve 漢字 🚀 │ ✓\n')).toBeUndefined();
});

test(
  `${TEXTS} texts of a hostile host are cleaned to text`,
  () => {
    const dice = createRandom(seed);
    for (let at = 0; at < TEXTS; at++) {
      const text = hostileText(dice);
      const told = `seed ${seed}, text ${at}: ${JSON.stringify(text)}`;
      const clean = toDisplayText(text);
      const what = findTerminalEffect(clean.replaceAll('\t', ' ')) ?? findTerminalEffect(toOneLine(text));
      if (what !== undefined || toOneLine(text).includes('\n')) expect.fail(`${what} from ${told}`);
    }
  },
  30_000 + TEXTS,
);

/** Every event with a text of a host in it, that text being the given one. */
function factsWith(text: string): readonly RunEventData[] {
  const error: ErrorJson = { code: 'SW6001', message: text, hint: text, detail: `${text}\n${text}`, host: text };
  const task = { host: text, task: '0.1' };
  return [
    { type: 'run.started', playbook: text, args: { words: [text] }, hosts: [text], check: false, diff: true, pid: 1, version: '' },
    { type: 'play.started', play: text, hosts: [text], tasks: 1, queue: false },
    { type: 'host.connected', host: text, route: text, fingerprint: text, cores: 1, ms: 1 },
    { type: 'route.setAside', host: text, route: text, status: 'misdirected', machine: text, error },
    { type: 'route.proven', host: text, route: text },
    { ...task, type: 'task.started', name: text, module: text },
    { ...task, type: 'task.output', stream: 'stdout', lines: [text] },
    { ...task, type: 'task.progress', phase: text, subject: text },
    { ...task, type: 'task.changed', verb: 'update', subject: text, before: text, after: `${text}x` },
    { ...task, type: 'guard.passed', subject: text, rules: [text] },
    { ...task, type: 'job.started', job: text, offset: 0 },
    { ...task, type: 'package.published', cpv: text, path: text, size: 1, sha256: text, generation: 1 },
    { type: 'queue.planned', items: [{ id: text, needs: [text] }] },
    { type: 'item.started', host: text, item: text, attempt: 1 },
    { type: 'item.failed', host: text, item: text, attempt: 1, ms: 1, blame: 'host', final: true, error },
    { ...task, type: 'task.finished', name: text, outcome: 'failed', ms: 1, result: { stdout: text, [text]: text }, error },
    { ...task, type: 'task.finished', name: text, outcome: 'refused', ms: 1, error: { ...error, code: 'SW3001' } },
    { type: 'host.lost', host: text, error },
    { type: 'host.unreachable', host: text, error: { ...error, code: 'SW2001' } },
    { type: 'run.note', text },
    { type: 'run.failed', error },
    { type: 'run.finished', status: 'failed', exit: 2, ms: 1 },
  ];
}

test(`${Math.ceil(TEXTS / 100)} runs in which everything that a host may name is hostile: plain lines, exec, failures, recap and tables`, async () => {
  const dice = createRandom(seed + 1);
  for (let at = 0; at < TEXTS / 100; at++) {
    const screen = terminal();
    const text = hostileText(dice);
    const reporters = [plainReporter(screen.out, look), execReporter(screen.out, screen.out, { ...look, verbosity: 0 })];
    let state = initialRunState('r4nd');
    for (const [seq, fact] of factsWith(text).entries()) {
      const event = { v: 1, run: 'r4nd', seq, at: '2026-01-01T00:00:00.000Z', ...fact } as RunEvent;
      state = reduce(state, event);
      for (const reporter of reporters) reporter.event(event, state);
    }
    const lines = [
      ...formatRecap(state, look),
      ...state.errors.flatMap((error) => failureLines(error, state)).map((line) => renderLine(line, look)),
      ...formatTextTable([text], [[text, text]], look),
    ];
    screen.out.write(`${lines.join('\n')}\n`);
    expect(screen.found.slice(0, 3), `seed ${seed}, run ${at}: ${JSON.stringify(text)}`).toEqual([]);
  }
});

test('what a host prints is not a command to the build service whose log it stands in', () => {
  const lines: string[] = [];
  const out = new Writable({ decodeStrings: false, write: (chunk, _, done) => done(void lines.push(String(chunk)) as undefined) });
  const reporter = plainReporter(out, { ...look, ci: 'github' });
  let state = initialRunState('r4nd');
  for (const [seq, fact] of factsWith('::stop-commands::x').entries()) {
    const event = { v: 1, run: 'r4nd', seq, at: '2026-01-01T00:00:00.000Z', ...fact } as RunEvent;
    state = reduce(state, event);
    reporter.event(event, state);
  }
  const commands = lines.flatMap((each) => each.split('\n')).filter((line) => /^\s*::|##\[/.test(line));
  expect(commands.filter((line) => !line.startsWith('::group::play') && line !== '::endgroup::')).toEqual([]);
});
