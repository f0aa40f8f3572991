import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseAtom } from '../../../src/gentoo/atom/atom.ts';
import { parseCpv } from '../../../src/gentoo/atom/cpv.ts';
import { type MatchablePackage, satisfiesAtom } from '../../../src/gentoo/atom/satisfies-atom.ts';
import { fixtures } from '../samples.ts';

/** `cat/name-1.2:slot/sub`, with its flags: those that are on, and those that are off with a minus. */
function makePackage(text: string, flags = ''): MatchablePackage {
  const [cpv = '', place = '0'] = text.split(':');
  const { category, name, version } = parseCpv(cpv);
  const [slot = '0', subSlot = slot] = place.split('/');
  const all = flags.split(' ').filter((flag) => flag !== '');
  return {
    ...{ name: `${category}/${name}`, version, slot, subSlot },
    use: new Set(all.filter((flag) => !flag.startsWith('-'))),
    iuse: new Set(all.map((flag) => flag.replace('-', ''))),
  };
}

function matches(atom: string, one: MatchablePackage): boolean {
  const parsed = parseAtom(atom);
  return parsed.kind === 'package' && satisfiesAtom(parsed, one);
}

/** Answers of Portage's match_from_list: atom, package, flags, answer. */
const answers = readFileSync(join(fixtures, 'match-atoms.tsv'), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => line.split('\t'));

test('every answer is that of Portage', () => {
  const wrong = answers.filter(([atom = '', text = '', flags = '', answer]) => String(matches(atom, makePackage(text, flags))) !== answer);
  expect(answers.length).toBeGreaterThan(500);
  expect(wrong).toEqual([]);
});

test('a blocker matches what it blocks', () => {
  expect(matches('!!<a/b-2', makePackage('a/b-1'))).toBe(true);
  expect(matches('!<a/b-2', makePackage('a/b-2'))).toBe(false);
});

test('an implicit flag that is on counts, though the package does not list it', () => {
  const one = { ...makePackage('a/b-1'), use: new Set(['elibc_glibc']) };
  expect(matches('a/b[elibc_glibc]', one)).toBe(true);
  expect(matches('a/b[-elibc_glibc]', one)).toBe(false);
});
