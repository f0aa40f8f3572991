import { describe, expect, test } from 'vitest';
import { SharedMap } from '../../src/core/reduce/shared-map.ts';
import { formatRecap } from '../../src/report/recap.ts';
import { detectTerminalStyle } from '../../src/report/text/terminal-style.ts';
import { buildStory, reduceEvents } from './run-stories.ts';

const style = detectTerminalStyle({}, { LANG: 'C.UTF-8' });
const state = reduceEvents(buildStory());

describe.each([
  [40, ['failed', 'unreach', 'refused']],
  [60, ['ok', 'changed', 'failed', 'unreachable', 'refused']],
  [80, ['ok', 'changed', 'failed', 'unreachable', 'refused', 'skipped', 'time']],
  [120, ['ok', 'changed', 'failed', 'unreachable', 'refused', 'skipped', 'time']],
])('the recap in %i columns', (columns, titles) => {
  const lines = formatRecap(state, { ...style, columns });

  test('keeps the counts of failures and drops other columns', () => {
    expect(lines[0]?.split(/\s+/)).toEqual(['recap', '7KQ2', ...titles]);
    const row = lines.find((line) => line.includes('drone-Cap'))?.trim();
    expect(row?.split(/\s+/)[1 + titles.indexOf(columns === 40 ? 'unreach' : 'unreachable')]).toBe('1');
  });

  test('fits, table and all', () => {
    for (const line of lines.slice(0, state.hosts.size + 2)) expect(line.length).toBeLessThanOrEqual(columns);
  });
});

test('the start is in local time, with how long ago that was', () => {
  const started = new Date(state.startedAt ?? '');
  const two = (value: number): string => String(value).padStart(2, '0');
  const line = formatRecap(state, style).find((each) => each.startsWith('started'));
  expect(line).toContain(` ${two(started.getHours())}:${two(started.getMinutes())}, `);
  expect(line).toMatch(/ ago|just now/);
});

test('a route that did not answer is tried again, and the recap says so', () => {
  const [name, host] = state.hosts.entries()[0] ?? [];
  if (name === undefined || host === undefined) throw new Error('no host');
  const setAside = [{ route: 'local 10.0.0.1:22', status: 'unreachable' }];
  const lines = formatRecap({ ...state, hosts: state.hosts.with(name, { ...host, setAside }) }, { ...style, columns: 120 });
  expect(lines.some((line) => line.endsWith('local 10.0.0.1:22  could not be used, the next connection tries it again'))).toBe(true);
});

test('of a host that was not reached there is no log to read, but routes to verify', () => {
  const [[name] = ['']] = state.hosts.entries();
  const next = (...codes: readonly string[]): string =>
    formatRecap({ ...state, errors: codes.map((code) => ({ code, message: 'x', host: name })) }, style).join('\n');
  expect(next('SW2001')).toContain(`swarm hosts verify ${name}`);
  expect(next('SW2001')).not.toContain('runs logs');
  expect(next('SW6001')).toContain(`swarm runs logs ${state.run} ${name}`);
  expect(next('SW6001')).not.toContain('hosts verify');
});

test('check mode says that nothing was changed', () => {
  expect(formatRecap({ ...state, check: true }, style)).toContain('check mode: nothing was changed');
});

test('what is held back is named with what it needs, also where nothing was to be built', () => {
  const held = [{ cpv: 'a/app-1', path: 'a/app/app-1-1.gpkg.tar', needs: ['a/lib', 'a/more'] }];
  const lines = formatRecap({ ...state, held, items: SharedMap.of([]), nothingToDo: true, status: 'ok' }, { ...style, columns: 120 });
  expect(lines.some((line) => line.endsWith('held back  a/app-1  clients cannot install it: it needs a/lib, a/more'))).toBe(true);
  expect(lines.some((line) => line.includes('nothing to build'))).toBe(false);
  const wanted = formatRecap(
    { ...state, held: held.map((one) => ({ ...one, wanted: 'a/app', target: 'desktop' })) },
    { ...style, columns: 120 },
  );
  expect(wanted.some((line) => line.includes('swarm run build a/app --target desktop'))).toBe(true);
});

test('failures that stopped nothing are counted', () => {
  const [name, host] = state.hosts.entries()[0] ?? [];
  if (name === undefined || host === undefined) throw new Error('no host');
  const lines = formatRecap({ ...state, hosts: state.hosts.with(name, { ...host, rescued: 1, ignored: 2 }) }, style);
  expect(lines.filter((line) => /failures? w/.test(line)).map((line) => line.slice(2))).toEqual([
    '1 failure was rescued',
    '2 failures were ignored',
  ]);
});

test('`swarm runs show` does not name itself as the next command', () => {
  const linesWithShow = (view?: 'shown') =>
    formatRecap(state, { ...style, columns: 120 }, view).filter((line) => line.includes('swarm runs show'));
  expect(linesWithShow()).toHaveLength(1);
  expect(linesWithShow('shown')).toEqual([]);
});
