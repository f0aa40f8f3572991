import { expect, test } from 'vitest';
import { admitPackages, type CandidatePackage } from '../../../src/gentoo/binhost/admit-packages.ts';
import { readEntry } from '../../../src/gentoo/binhost/index-entry.ts';
import { addMoves, findMoved, findRetired, parseMoves } from '../../../src/gentoo/binhost/package-moves.ts';

/** `cat/name-1:slot`, what it needs to run, and when it was built. */
function entry(text: string, runtime = '', buildTime = 1): CandidatePackage {
  const [cpv = '', slot = '0'] = text.split(':');
  const values = { CPV: cpv, SLOT: slot, RDEPEND: runtime, DEPEND: 'a/old', PATH: `${cpv} ${buildTime}`, BUILD_TIME: String(buildTime) };
  return { ...readEntry(new Map(Object.entries(values))), base: [], ignored: new Set() };
}
const rename = { from: 'a/old', to: 'a/new' };
const slotMove = { from: 'a/lib:0', to: 'a/lib:3' };

test.each([
  ['a/old-1', '', rename, 'a/old is now a/new'],
  ['a/app-1', '>=a/old-1:=[x]', rename, 'it needs a/old, which is now a/new'],
  ['a/app-1', '|| ( b/c a/old )', rename, 'it needs a/old, which is now a/new'],
  ['a/app-1', '!a/old a/older b/old', rename, undefined],
  ['a/older-1', '', rename, undefined],
  ['a/lib-1:0/5', '', slotMove, 'a/lib:0 is now a/lib:3'],
  ['a/lib-1:3', '', slotMove, undefined],
  ['a/app-1', 'a/lib:0/5=', slotMove, 'it needs a/lib:0, which is now a/lib:3'],
  ['a/app-1', 'a/lib a/lib:3', slotMove, undefined],
  ['a/lib-1', '', { from: '<a/lib-2:0', to: 'a/lib:3' }, '<a/lib-2:0 is now a/lib:3'],
  ['a/lib-2', 'a/lib:0', { from: '<a/lib-2:0', to: 'a/lib:3' }, undefined],
])('%s that needs "%s": %o: %s', (cpv, runtime, move, because) => {
  const one = entry(cpv, runtime);
  expect(findMoved([one], [move]).get(one)?.[0]?.because).toBe(because);
});

test('an entry is retired once the new name is listed, or a newer build that needs no old name', () => {
  const [old, app, lib] = [entry('a/old-1'), entry('a/app-1', 'a/old'), entry('b/lib-1', 'a/old')];
  const retired = (...more: readonly CandidatePackage[]): readonly string[] =>
    [...findRetired([old, app, lib, ...more], [rename])].map(({ path }) => path);
  expect(retired()).toEqual([]);
  expect(retired(entry('a/app-1', 'a/new', 2))).toEqual(['a/app-1 1']);
  expect(retired(entry('a/new-1'))).toEqual(['a/old-1 1', 'a/app-1 1', 'b/lib-1 1']);
});

test('a package with a new name enters with all that needs the old name, built again', () => {
  const published = [entry('a/old-1'), entry('a/app-1', 'a/old')];
  const [renamed, again] = [entry('a/new-1'), entry('a/app-1', 'a/new', 2)];
  const alone = admitPackages(published, [renamed], [rename]);
  expect(alone.held).toMatchObject([{ one: renamed, needs: ['a/app-1 built with a/new:0'] }]);
  expect(admitPackages(published, [renamed, again], [rename]).admitted).toEqual([renamed, again]);
  expect(admitPackages(published, [{ ...renamed, ignored: new Set(['a/app-1']) }], [rename]).held).toEqual([]);
});

test('a move keeps the time when it was first seen, and a damaged file has none', () => {
  const known = addMoves([], [rename], 100);
  expect(addMoves(known, [rename, slotMove], 200)).toEqual([
    { ...rename, at: 100 },
    { ...slotMove, at: 200 },
  ]);
  expect(parseMoves(Buffer.from(JSON.stringify({ moves: known })))).toEqual(known);
  expect(parseMoves(Buffer.from('{"moves": 1'))).toEqual([]);
});
