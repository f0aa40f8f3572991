import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { RunEvent } from '../../../src/core/event.ts';
import { reduce } from '../../../src/core/reduce/reduce.ts';
import { initialRunState } from '../../../src/core/run-state.ts';
import { formatExitSummary } from '../../../src/report/exit-summary.ts';
import { formatRecap } from '../../../src/report/recap.ts';
import { execReporter } from '../../../src/report/reporters/exec-lines.ts';
import { formatJunit } from '../../../src/report/reporters/junit-reporter.ts';
import { ndjsonReporter } from '../../../src/report/reporters/ndjson-reporter.ts';
import { createPlainFormatter } from '../../../src/report/reporters/plain-reporter.ts';
import { runDocument } from '../../../src/report/reporters/run-document.ts';
import { formatTextTable } from '../../../src/report/text/table.ts';
import { detectTerminalStyle, type TerminalStyle } from '../../../src/report/text/terminal-style.ts';
import { buildStory, numberEvents, pushStory, reduceEvents, refusedStory } from '../run-stories.ts';

const style: TerminalStyle = detectTerminalStyle({}, { LANG: 'C.UTF-8' });

function formatEvents(all: readonly RunEvent[], as: TerminalStyle = style): readonly string[] {
  const lines = createPlainFormatter(as);
  let state = initialRunState('x');
  return all.flatMap((event) => {
    state = reduce(state, event);
    return lines.event(event, state);
  });
}

const story = (all: readonly RunEvent[], as: TerminalStyle = style): string => formatEvents(all, as).join('\n');

test('a run starts with its id, playbook, values and hosts', () => {
  expect(formatEvents(buildStory())[0]).toBe(
    'run 7KQ2  playbook build  packages www-client/firefox-142.0 dev-qt/qtwebengine-6.9.1 sys-devel/llvm-20.1.7 +12 more  ' +
      'hosts drone-Meridian, drone-Izar, drone-Tarn, drone-Tau-Beta, drone-Capella',
  );
});

test('every line has time, who and what in fixed columns', () => {
  const lines = formatEvents(buildStory());
  expect(lines).toContain('00:02  drone-Izar      start        dev-qt/qtwebengine-6.9.1  ETA ~51m');
  expect(lines).toContain('00:00  drone-Izar      proven       SHA256:pY1…0aQ via local 10.42.0.11:22');
  expect(lines.filter((line) => /published/.test(line))[0]).toMatch(
    /^08:42 {2}binhost {9}published {4}dev-qt\/qtwebengine-6\.9\.1 {2}26 MiB {2}sha256 9c0e/,
  );
});

test('a pipe gets no escape sequence and no carriage return, whatever hosts print', () => {
  const loud = { ...style, verbosity: 3 };
  expect(story([...pushStory(), ...buildStory(), ...refusedStory()], loud)).not.toMatch(/[\x1b\r]/);
});

test('ASCII mode has no byte above 0x7E', () => {
  const ascii = { ...style, ascii: true, verbosity: 3 };
  expect(story([...pushStory(), ...buildStory(), ...refusedStory()], ascii)).toMatch(/^[\n -~]*$/);
  expect(formatRecap(reduceEvents(buildStory()), ascii).join('\n')).toMatch(/^[\n -~]*$/);
});

test('progress of a host is printed at most once in 30 seconds', () => {
  const at = (seconds: number): readonly [number, RunEvent] => [
    seconds,
    { type: 'task.progress', host: 'h', task: '0.0', phase: 'compile', done: seconds, total: 100 } as unknown as RunEvent,
  ];
  const all = numberEvents([
    [0, { type: 'task.started', host: 'h', task: '0.0', name: 't', module: 'emerge' }],
    ...[1, 2, 20, 31, 32, 60, 62].map(at),
  ]);
  const start = numberEvents([
    [0, { type: 'run.started', playbook: 'p', args: {}, hosts: ['h'], check: false, diff: false, pid: 1, version: '0' }],
  ]);
  expect(formatEvents([...start, ...all]).slice(1)).toEqual(
    ['00:31  h        compile      31.0s, 31 of 100', '01:02  h        compile      62.0s, 62 of 100'].map((line) =>
      line.replace('31.0s', '31s').replace('62.0s', '1m2s'),
    ),
  );
});

test('a refusal of a guard names the machine that answered, says that no command was sent, and what to do', () => {
  const text = story(refusedStory());
  expect(text).toContain('⊘ drone-Tarn  REFUSED: Another machine on the route  SW3001');
  expect(text).toContain('local 10.42.0.199:22      ■ leads to Alpha-Centauri, excluded');
  expect(text).toContain('tailscale 100.64.0.91:22  ✓ leads to drone-Tarn');
  expect(text).toContain('No command was sent');
  expect(text).toContain('swarm hosts verify drone-Tarn');
});

test('a failed build shows its first error with the lines around it, and the cause', () => {
  const text = story(buildStory());
  expect(text).toContain("! 18402  gin/converter.h:57:10: fatal error: 'v8-forward.h' file not found");
  expect(text).toContain('caused by the package, not by drone-Meridian');
  expect(formatExitSummary(reduceEvents(buildStory()), style).filter((line) => line.includes('error[SW6003]'))).toHaveLength(1);
});

test('--diff shows what a change does to a file', () => {
  expect(story(pushStory())).toContain('       -USE="a"\n       +USE="a b"\n        MAKEOPTS="-j8"');
});

test('diff: true on a task shows the same in a run without --diff', () => {
  const events = pushStory().map((event) => (event.type === 'run.started' ? { ...event, diff: false } : event));
  expect(story(events)).toContain('       -USE="a"\n       +USE="a b"\n        MAKEOPTS="-j8"');
});

test('the same failure on several hosts names the task', () => {
  const state = reduceEvents(pushStory());
  const error = { code: 'SW6012', message: 'there is no user alice' };
  const held = ['a', 'b'].map((host) => {
    const [event] = numberEvents([
      [0, { type: 'task.finished', host, task: '0.0', name: 'Keys', outcome: 'failed', ms: 1, error } as unknown as RunEvent],
    ]);
    return { event: event as RunEvent, state, error: { ...error, host } };
  });
  expect(createPlainFormatter(style).failure(held)[0]).toMatch(/2 hosts +failed +Keys$/);
});

test('an error of a playbook has the line with carets', () => {
  expect(story(pushStory())).toContain('23 |       service: { name: nginx, state: restarted }\n          |       ^^^^^^^');
});

test('-v adds results, output and what was skipped; -q prints failures only', () => {
  expect(story(pushStory(), { ...style, verbosity: 1 })).toMatch(/drone-Izar │ up 6 days\n[\s\S]*skipped {6}news/);
  expect(formatEvents(pushStory(), { ...style, verbosity: -1 }).filter((line) => /^\d/.test(line))).toHaveLength(1);
});

test('GitHub gets a group for each play, closed at the end', () => {
  const lines = formatEvents(pushStory(), { ...style, ci: 'github' });
  expect(lines.filter((line) => line.startsWith('::'))).toEqual(['::group::play Roll out', '::endgroup::']);
  expect(lines.at(-1)).toBe('::endgroup::');
});

test('the recap has counts per host and ends with the next commands', () => {
  const lines = formatRecap(reduceEvents(buildStory()), style);
  expect(lines[0]).toMatch(/^recap 7KQ2 +ok {2}changed {2}failed {2}unreachable {2}refused {2}skipped +time$/);
  expect(lines).toContainEqual(expect.stringMatching(/^ {2}drone-Capella +0 +0 +0 +1 +0 +0 +0ms$/));
  expect(lines).toContain('items  ✓ 14 done  ✗ 1 failed  published 14 packages, 416 MiB');
  expect(lines).toContain('■ route excluded  drone-Tarn  local 10.42.0.199:22  it leads to Alpha-Centauri');
  expect(lines.slice(-4).map((line) => line.trim().split('  ')[0])).toEqual([
    'swarm runs show 7KQ2',
    'swarm runs logs 7KQ2 drone-Meridian',
    'swarm hosts verify drone-Capella',
    'swarm runs resume 7KQ2',
  ]);
});

test('colour only when the style has it, and only the 16 colours', () => {
  const text = story(buildStory(), { ...style, colour: true });
  expect(text.match(/\x1b\[[^m]*m/g)?.every((code) => /^\x1b\[(0|[1-9](;\d+)*|3\d(;\d+)*)m$/.test(code))).toBe(true);
});

test('the JSON document has the keys of the contract, no more', () => {
  const document = runDocument(reduceEvents(buildStory()));
  expect(Object.keys(document)).toEqual(['run', 'playbook', 'status', 'exit', 'hosts', 'items', 'published', 'errors']);
  expect(document).toMatchObject({ run: '7KQ2', status: 'failed', exit: 2, hosts: { 'drone-Capella': { unreachable: 1, route: null } } });
  expect((document['errors'] as readonly object[]).map((error) => Object.keys(error))).toEqual([
    ['code', 'message', 'host', 'hint'],
    ['code', 'message', 'host', 'hint'],
  ]);
});

const collect = (stream: PassThrough): string => String(stream.read() ?? '');

test('ndjson is the events themselves', async () => {
  const out = new PassThrough();
  const reporter = ndjsonReporter(out);
  const all = pushStory();
  for (const event of all) reporter.event(event, initialRunState('x'));
  await reporter.close(initialRunState('x'));
  expect(
    collect(out)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual(all);
});

test('exec prints host and line on stdout, failures on stderr', async () => {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const reporter = execReporter(out, err, style);
  for (const event of pushStory()) reporter.event(event, initialRunState('x'));
  await reporter.close(initialRunState('x'));
  expect(collect(out)).toBe('drone-Meridian │ up 6 days\ndrone-Izar │ up 6 days\n');
  expect(collect(err)).toMatch(/^error\[SW6001\]: drone-Izar: `rc-service/m);
});

test('a closed pipe does not end the run', async () => {
  const out = new PassThrough();
  const reporter = ndjsonReporter(out);
  out.destroy(new Error('EPIPE'));
  for (const event of pushStory()) reporter.event(event, initialRunState('x'));
  await reporter.close(initialRunState('x'));
});

test('JUnit: a suite a host, failures and errors apart', () => {
  const xml = formatJunit([...pushStory(), ...refusedStory()]);
  expect(xml).toContain('<testsuite name="drone-Izar" tests="5" failures="1" errors="0" skipped="1"');
  expect(xml).toContain('<testcase name="connect" classname="drone-Tarn" time="0"><error type="refused" message="route &quot;local');
  expect(xml).toMatch(/<failure type="SW6001"[^>]*>nginx: \[emerg\]/);
});

test('a list shrinks to the terminal, every row in its columns', () => {
  const rows = [
    ['drone-Meridian', 'proven', 'tailscale 100.64.0.110:22, local 10.42.0.110:22, jump unraid 192.168.122.10:22'],
    ['漢字', 'x'.repeat(200), ''],
  ];
  for (const columns of [20, 40, 80, 120]) {
    const lines = formatTextTable(['HOST', 'STATUS', 'ROUTES'], rows, { ...style, columns });
    expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(columns);
  }
  expect(formatTextTable(['HOST', 'STATUS', 'ROUTES'], rows, style)[1]).toContain('192.168.122.10:22');
});

test('the style follows the environment', () => {
  const tty = { isTTY: true, columns: 100, rows: 30 };
  expect(detectTerminalStyle(tty, { TERM: 'xterm', LANG: 'de_DE.UTF-8' })).toMatchObject({
    colour: true,
    ascii: false,
    columns: 100,
    tty: true,
    ci: undefined,
  });
  expect(detectTerminalStyle(tty, { TERM: 'xterm', NO_COLOR: '1' }).colour).toBe(false);
  expect(detectTerminalStyle(tty, { TERM: 'xterm', NO_COLOR: '1' }, { color: 'always' }).colour).toBe(true);
  expect(detectTerminalStyle(tty, { TERM: 'dumb', LANG: 'C' })).toMatchObject({ colour: false, ascii: true, tty: false });
  expect(detectTerminalStyle({}, { FORCE_COLOR: '1', COLUMNS: '60' })).toMatchObject({ colour: true, columns: 60, tty: false });
  expect(detectTerminalStyle({}, { CLICOLOR_FORCE: '0', CI: 'true', GITHUB_ACTIONS: 'true' })).toMatchObject({
    colour: false,
    ci: 'github',
  });
  expect(detectTerminalStyle(tty, { LANG: 'C.UTF-8', SWARM_ASCII: '1' }).ascii).toBe(true);
  expect(detectTerminalStyle(tty, { LC_ALL: 'C', LANG: 'C.UTF-8' }).ascii).toBe(true);
});

test.each([
  ['emerge_plan', ['d1 │ app-misc/hello is not built']],
  ['debug', ['d1 │ app-misc/hello is not built']],
  ['command', []],
])('what a plan leaves out and a message are printed without -v, other output is not: %s', (module, printed) => {
  const task = { host: 'd1', task: '0.0' };
  const events = numberEvents([
    [0, { type: 'task.started', ...task, name: 'Plan', module }],
    [1, { type: 'task.output', ...task, stream: 'stderr', lines: ['app-misc/hello is not built'] }],
  ]);
  expect(formatEvents(events)).toEqual(printed);
});

test.each([
  [{ ignored: true }, 'ignored'],
  [{ ignored: true, rescued: true }, 'rescued'],
  [{ ignored: true, item: 'a' }, 'ignored'],
  [{ ignored: true, rescued: true, item: 'a' }, 'rescued'],
])('a failure that stops nothing has its place and its hint: %o', (marks, word) => {
  const at = { file: 'a.yml', line: 3, column: 9, length: 7, text: '  msg: "{{ nothng }}"' };
  const error = { code: 'SW6014', message: '`nothng` is not defined', hint: 'Use one of: nothing', at } as const;
  const text = story(
    numberEvents([[1, { type: 'task.finished', host: 'h', task: '0.0', name: 'say', outcome: 'failed', ms: 1, error, ...marks }]]),
  );
  expect(text).toMatch(new RegExp(`h +${word} +say`));
  expect(text).toContain('a.yml:3:9');
  expect(text).toContain('hint: Use one of: nothing');
});
