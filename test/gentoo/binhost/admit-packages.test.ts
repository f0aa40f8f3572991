import { describe, expect, test } from 'vitest';
import { admitPackages, type CandidatePackage } from '../../../src/gentoo/binhost/admit-packages.ts';
import { readEntry } from '../../../src/gentoo/binhost/index-entry.ts';

/** `cat/name-1:slot/sub`, and what it needs to run. */
function makeCandidate(text: string, runtime = '', other: Partial<CandidatePackage> = {}): CandidatePackage {
  const [cpv = '', slot = '0'] = text.split(':');
  const stanza = new Map([
    ['CPV', cpv],
    ['SLOT', slot],
    ['RDEPEND', runtime],
    ['PATH', `${cpv} ${runtime}`],
    ['BUILD_TIME', runtime.includes('/75=') ? '2' : '1'],
  ]);
  return { ...readEntry(stanza), base: [], ignored: new Set(), ...other };
}

const icu74 = makeCandidate('dev-libs/icu-74:0/74');
const icu75 = makeCandidate('dev-libs/icu-75:0/75');
const built = (name: string, subSlot: string) => makeCandidate(`app-x/${name}-1`, `dev-libs/icu:0/${subSlot}=`);

/** Names of what enters, and what the rest needs. */
function admit(published: readonly CandidatePackage[], candidates: readonly CandidatePackage[]) {
  const { admitted, held } = admitPackages(published, candidates);
  return { in: admitted.map(({ cpv }) => cpv), out: Object.fromEntries(held.map(({ one, needs }) => [one.cpv, needs])) };
}

describe('run-time dependencies', () => {
  test.each([
    ['a/dep', 'a/dep-1'],
    ['>=a/dep-2', 'a/dep-2-r1'],
    ['a/dep:1/5', 'a/dep-1:1/5'],
    ['|| ( a/none a/dep )', 'a/dep-1'],
    ['|| ( ( a/none a/dep ) a/dep:2 )', 'a/dep-1:2'],
    ['a/dep !a/none', 'a/dep-1'],
  ])('%s is met by %s', (runtime, listed) => {
    const one = makeCandidate('app-x/one-1', runtime);
    expect(admit([makeCandidate(listed)], [one])).toEqual({ in: ['app-x/one-1'], out: {} });
    expect(admit([], [one]).in).toEqual([]);
  });

  test.each([
    ['a/dep', 'a/other-1', 'a/dep'],
    ['>=a/dep-2', 'a/dep-1', '>=a/dep-2'],
    ['a/dep:2', 'a/dep-1:1', 'a/dep:2'],
    ['|| ( a/none a/more )', 'a/dep-1', 'a/none or a/more'],
    ['a/dep[x]', 'a/dep-1', 'a/dep[x]'],
    ['a/dep !<a/dep-2', 'a/dep-1', 'a/dep'],
  ])('%s is not met by %s: held, with what it needs', (runtime, listed, needs) => {
    expect(admit([makeCandidate(listed)], [makeCandidate('app-x/one-1', runtime)])).toEqual({ in: [], out: { 'app-x/one-1': [needs] } });
  });

  test('a dependency that blocks the package does not meet it', () => {
    const blocking = makeCandidate('a/dep-1', '!app-x/one');
    expect(admit([blocking], [makeCandidate('app-x/one-1', 'a/dep')]).in).toEqual([]);
  });

  test('what clients have without the binhost counts', () => {
    const base = [
      { name: 'sys-libs/glibc', version: '2.40', slot: '2.2', subSlot: '2.2', use: new Set<string>(), iuse: new Set<string>() },
    ];
    expect(admit([], [makeCandidate('app-x/one-1', '>=sys-libs/glibc-2.38', { base })]).in).toEqual(['app-x/one-1']);
  });

  test('a circle enters in one generation', () => {
    const ring = [makeCandidate('a/one-1', 'a/two'), makeCandidate('a/two-1', 'a/one')];
    expect(admit([], ring)).toEqual({ in: ['a/one-1', 'a/two-1'], out: {} });
    expect(admit([], ring.slice(1))).toEqual({ in: [], out: { 'a/two-1': ['a/one'] } });
  });

  test('what needs a held package is held too', () => {
    const chain = [makeCandidate('a/one-1', 'a/two'), makeCandidate('a/two-1', 'a/three')];
    expect(admit([], chain).out).toEqual({ 'a/one-1': ['a/two'], 'a/two-1': ['a/three'] });
  });

  test('a package of which nothing is known enters at once', () => {
    const { base: _, ...unknown } = makeCandidate('a/one-1', 'a/none');
    expect(admit([], [unknown]).in).toEqual(['a/one-1']);
  });
});

describe('a bumped sub-slot', () => {
  const published = [icu74, built('u1', '74'), built('u2', '74')];

  test('the library waits for each consumer, and they enter together', () => {
    expect(admit(published, [icu75])).toEqual({
      in: [],
      out: { 'dev-libs/icu-75': ['app-x/u1-1 built against dev-libs/icu:0/75', 'app-x/u2-1 built against dev-libs/icu:0/75'] },
    });
    expect(admit(published, [icu75, built('u1', '75')])).toEqual({
      in: [],
      out: {
        'dev-libs/icu-75': ['app-x/u2-1 built against dev-libs/icu:0/75'],
        'app-x/u1-1': ['dev-libs/icu:0/75='],
      },
    });
    expect(admit(published, [icu75, built('u1', '75'), built('u2', '75')]).out).toEqual({});
  });

  test('a consumer that cannot be built again does not hold it', () => {
    const ignored = new Set(['app-x/u2-1']);
    const candidates = [icu75, built('u1', '75')].map((one) => ({ ...one, ignored }));
    expect(admit(published, candidates).out).toEqual({});
  });

  test('a consumer of another slot does not hold it', () => {
    expect(admit([...published.slice(0, 1), makeCandidate('app-x/u3-1', 'dev-libs/icu:9/1=')], [icu75]).out).toEqual({});
  });

  test('a late build against the old sub-slot is held', () => {
    const now = [icu74, icu75, built('u1', '75')];
    expect(admit(now, [built('u2', '74')])).toEqual({
      in: [],
      out: { 'app-x/u2-1': ['a build against dev-libs/icu:0/75, not 0/74'] },
    });
  });

  test('where the target takes the newer library no more, a build against the older one enters', () => {
    const late = { ...built('u2', '74'), ignored: new Set(['dev-libs/icu-75']) };
    expect(admit([icu74, icu75], [late]).in).toEqual(['app-x/u2-1']);
  });

  test('a second build of the library changes nothing for its consumers', () => {
    expect(admit(published, [{ ...icu74, path: 'again', buildTime: 9 }]).in).toEqual(['dev-libs/icu-74']);
  });
});
