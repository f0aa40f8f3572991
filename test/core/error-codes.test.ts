import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ErrorCode, type ErrorKind, errorCodes, errorKind, highestPrecedence, isErrorCode } from '../../src/core/error-codes.ts';
import { packageRoot } from '../../src/core/program/package-root.ts';

const rows: readonly (readonly [string, ErrorKind])[] = Object.entries(errorCodes);
const page = readFileSync(join(packageRoot(), 'docs/errors.md'), 'utf8');

describe.each(rows)('%s', (code, kind) => {
  test('says what happened, why and what to do, in sentences', () => {
    expect(code).toMatch(/^SW[1-6]\d{3}$/);
    expect(kind.title).toMatch(/^\S.*[^.]$/);
    for (const text of [kind.explain.what, kind.explain.why]) expect(text).toMatch(/^["\p{L}].*\.$/u);
    expect(kind.explain.fix).toMatch(/^\p{Lu}/u);
  });

  test('has an outcome that agrees with its exit code', () => {
    const outcome = kind.exit === 7 ? 'refused' : kind.exit === 4 ? 'unreachable' : 'failed';
    expect(kind.outcome).toBe(outcome);
  });

  test('is on the page of the errors', () => {
    expect(page).toContain(`| ${code} | ${kind.exit} | `);
  });
});

test('two codes never have one title', () => {
  const titles = rows.filter(([code]) => code !== 'SW1205').map(([, { title }]) => title); // an argument, in the file and on the command line
  expect(new Set(titles).size).toBe(titles.length);
});

test.each([
  ['SW10', 6],
  ['SW11', 6],
  ['SW12', 5],
  ['SW40', 9],
  ['SW50', 1],
] as const)('every error of the family %s ends with exit %i', (family, exit) => {
  expect(new Set(rows.filter(([code]) => code.startsWith(family)).map(([, kind]) => kind.exit))).toEqual(new Set([exit]));
});

test('only a lost or missing connection, and another machine on the route, is worth a new connection', () => {
  expect(rows.filter(([, { retry }]) => retry === 'reconnect').map(([code]) => code)).toEqual([
    'SW2001',
    'SW2002',
    'SW2005',
    'SW2006',
    'SW2010',
    'SW2040',
    'SW2042',
    'SW3001',
  ]);
});

test('what a refusal blames on the host is what its machine did not prove', () => {
  const unproved = rows.filter(([, { outcome, cause }]) => outcome === 'refused' && cause === 'host').map(([code]) => code);
  expect(unproved).toEqual(['SW1302', 'SW1305', 'SW2003', 'SW2004', 'SW2008', 'SW3001', 'SW3004', 'SW3009']);
});

test('a code that is not in the table is the own code of a module: a task that failed', () => {
  expect([isErrorCode('ACME01'), isErrorCode('toString'), isErrorCode('SW2001')]).toEqual([false, false, true]);
  expect(errorKind('ACME01')).toMatchObject({ exit: 2, outcome: 'failed' });
});

describe('of the errors of several routes', () => {
  const shown = (...given: readonly ErrorCode[]): string | undefined => highestPrecedence(given.map((code) => ({ code })))?.code;

  test('another machine is shown before a changed key, a refused login and a silent address', () => {
    expect(shown('SW2001', 'SW2002', 'SW2003', 'SW3001')).toBe('SW3001');
    expect(shown('SW2001', 'SW2002', 'SW2003')).toBe('SW2003');
    expect(shown('SW2001', 'SW2002')).toBe('SW2002');
  });

  test('a limit of this machine is shown first: it is the fault of no route', () => {
    expect(shown('SW2001', 'SW5006', 'SW3001')).toBe('SW5006');
  });

  test('of two alike the first is shown, and none of none', () => {
    const [one, other] = [{ code: 'SW2001' }, { code: 'SW2001' }];
    expect(highestPrecedence([one, other])).toBe(one);
    expect(shown()).toBeUndefined();
  });
});
