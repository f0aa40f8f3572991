import { describe, expect, test } from 'vitest';
import type { ClientNeeds, RefusedBinary, WantedPackage } from '../../../src/builds/client/client-needs.ts';
import { explainMissing, type KnownBuilds } from '../../../src/builds/client/explain-missing.ts';

const binary = (more: Partial<RefusedBinary> = {}): RefusedBinary => ({
  ...{ cpv: 'app-misc/hello-2.0', slot: '0', masks: [], added: [], removed: [], built_against: [], ...more },
});
const wanted = (binaries: readonly RefusedBinary[], more: Partial<WantedPackage> = {}): WantedPackage => ({
  ...{ cpv: 'app-misc/hello-2.0', cp: 'app-misc/hello', slot: '0', sub_slot: '0', repo: 'gentoo', type: 'ebuild', use: [], iuse: [] },
  ...{ installed: null, needs: [], binaries: [...binaries], ...more },
});
const needs = (...packages: readonly WantedPackage[]): ClientNeeds => ({
  ...{ portage: '3.0.77', binhost: null, world: [], installed: [], toolchain: {}, cpuFlags: [] },
  want: { success: true, status: 0, messages: '', packages: [...packages] },
  take: { success: true, status: 0, messages: '', packages: [] },
});
const explain = (binaries: readonly RefusedBinary[], failures: KnownBuilds['failures'] = []) =>
  explainMissing(needs(wanted(binaries)), { failures, held: [], moves: [] });

describe('a package that a client would have to compile', () => {
  test.each([
    ['not built', [], 'the binhost has no version of it'],
    ['USE differs', [binary({ added: ['gui'], removed: ['doc'] })], 'the client wants +gui -doc'],
    ['keyword', [binary({ masks: ['~amd64 keyword'] })], 'the client masks app-misc/hello-2.0: ~amd64 keyword'],
    ['licence', [binary({ masks: ['EULA license(s)'] })], 'the client masks app-misc/hello-2.0: EULA license(s)'],
    ['masked', [binary({ masks: ['package.mask'] })], 'the client masks app-misc/hello-2.0: package.mask'],
    [
      'sub-slot',
      [binary({ built_against: ['built against dev-libs/icu:0/74, now 0/75'] })],
      'it was built against dev-libs/icu:0/74, now 0/75',
    ],
    ['version', [binary({ cpv: 'app-misc/hello-1.0' })], 'the binhost has app-misc/hello-1.0'],
    [
      'keyword',
      [binary({ cpv: 'app-misc/hello-3.0', masks: ['~amd64 keyword'] })],
      'the binhost has app-misc/hello-3.0, and the client masks app-misc/hello-3.0: ~amd64 keyword',
    ],
    ['not accepted', [binary()], "the client's Portage prefers the ebuild"],
  ])('%s', (reason, binaries, because) => {
    expect(explain(binaries)).toEqual([{ cpv: 'app-misc/hello-2.0', reason, because }]);
  });

  test('a build that failed is the reason, unless the binhost has the version meanwhile', () => {
    const failures = [{ cpv: 'app-misc/hello-2.0', run: '7k2m', message: 'compile failed' }];
    expect(explain([], failures)).toMatchObject([{ reason: 'failed', because: 'its build failed in run 7k2m: compile failed' }]);
    expect(explain([binary({ added: ['gui'] })], failures)).toMatchObject([{ reason: 'USE differs' }]);
  });

  test('a package that the binhost has by its old name or in its old slot is named so', () => {
    const [first, ...more] = [
      { from: 'app-misc/hi', to: 'app-misc/hello' },
      { from: 'app-misc/hello:1', to: 'app-misc/hello:0' },
    ].map((move) => explainMissing(needs(wanted([])), { failures: [], held: [], moves: [move] }));
    expect(first).toMatchObject([{ reason: 'not built', because: 'the binhost has it as app-misc/hi, which is now app-misc/hello' }]);
    expect(more).toMatchObject([[{ because: 'the binhost has it as app-misc/hello:1, which is now app-misc/hello:0' }]]);
  });

  test('a package that is held back is named with what it needs, also where an earlier build of it failed', () => {
    const held = [{ cpv: 'app-misc/hello-2.0', path: 'hello.gpkg.tar', needs: ['dev-libs/base'] }];
    const failures = [{ cpv: 'app-misc/hello-2.0', run: '7k2m', message: 'compile failed' }];
    expect(explainMissing(needs(wanted([])), { failures, held, moves: [] })).toMatchObject([
      { reason: 'not built', because: 'it is held back, because it needs dev-libs/base' },
    ]);
  });

  test('what the client takes as a binary is not missing', () => {
    expect(explainMissing(needs(wanted([], { type: 'binary' })), { failures: [], held: [], moves: [] })).toEqual([]);
  });

  test('what is installed from the binhost is not missing, nor is what needs it', () => {
    const hello = wanted([], { type: 'binary' });
    const tool = wanted([], { cpv: 'app-misc/tool-1.0', cp: 'app-misc/tool', type: 'binary', needs: ['app-misc/hello-2.0'] });
    const both = { ...needs(wanted([binary()]), tool), take: { ...needs().take, packages: [hello] } };
    expect(explainMissing(both, { failures: [], held: [], moves: [] })).toEqual([]);
  });

  test('a newer version is missing, and the one that the client gets meanwhile is named', () => {
    const older = wanted([], { cpv: 'app-misc/hello-1.0', type: 'binary' });
    const both = {
      ...needs(wanted([binary({ cpv: 'app-misc/hello-1.0' })])),
      take: { ...needs().take, packages: [older, { ...older, cpv: 'app-misc/hello-0.1', slot: '1' }] },
    };
    expect(explainMissing(both, { failures: [], held: [], moves: [] })).toEqual([
      {
        cpv: 'app-misc/hello-2.0',
        reason: 'version',
        because: 'the binhost has app-misc/hello-1.0; until then it gets app-misc/hello-1.0',
      },
    ]);
  });

  test('a binary is missing too where it needs a package that is', () => {
    const tool = wanted([], { cpv: 'app-misc/tool-1.0', type: 'binary', needs: ['app-misc/hello-2.0'] });
    const other = wanted([], { cpv: 'app-misc/other-1.0', type: 'binary' });
    expect(
      explainMissing(needs(tool, other, wanted([])), { failures: [], held: [], moves: [] }).map(({ cpv, because }) => `${cpv}: ${because}`),
    ).toEqual([
      'app-misc/hello-2.0: the binhost has no version of it',
      'app-misc/tool-1.0: it needs app-misc/hello-2.0, which is not on the binhost for this client',
    ]);
  });
});
