import { expect, test } from 'vitest';
import { planWithoutExcluded } from '../../../src/builds/plan/exclude-items.ts';
import { parseGraph } from '../../../src/gentoo/plan/dependency-graph.ts';
import { readCapture } from '../../gentoo/samples.ts';

/** The plan of rig-app/diamond and rig-app/needs-tool. */
const plan = (exclude: readonly string[], requested: readonly string[] = []) => {
  const found = planWithoutExcluded(parseGraph(readCapture('graph-diamond.json')), [], { exclude, requested });
  return { items: found.plan.items.map(({ cpv }) => cpv), excluded: found.excluded };
};

test('what is excluded is left out, with all that needs it, and with what only those need', () => {
  expect(plan(['rig-libs/left'])).toEqual({
    // rig-libs/base and rig-libs/right are needed by rig-app/diamond alone
    items: ['rig-dev/tool-a-1.0', 'rig-libs/slotted-1.0', 'rig-app/flagged-1.0', 'virtual/rigtool-0', 'rig-app/needs-tool-1.0'],
    excluded: [
      { cpv: 'rig-libs/left-1.0', because: 'excluded' },
      { cpv: 'rig-app/diamond-1.0', because: 'rig-libs/left-1.0' },
    ],
  });
});

test('what a package needs is not planned where the package itself is excluded', () => {
  const { items, excluded } = plan(['rig-app/needs-tool']);
  expect(items).toEqual(['rig-dev/tool-a-1.0', 'rig-libs/base-1.0-r1', 'rig-libs/left-1.0', 'rig-libs/right-1.0', 'rig-app/diamond-1.0']);
  expect(excluded).toEqual([{ cpv: 'rig-app/needs-tool-1.0', because: 'excluded' }]);
});

test('a requested package that would be left out is an error, with the reason', () => {
  expect(() => plan(['rig-libs/base'], ['rig-app/needs-tool', 'rig-app/diamond'])).toThrow(
    expect.objectContaining({
      code: 'SW6024',
      message: 'rig-app/diamond-1.0 is requested, and is built with or needs rig-libs/base-1.0-r1, which is not built',
    }),
  );
  expect(plan(['rig-libs/base'], ['rig-app/needs-tool']).items).toContain('rig-app/needs-tool-1.0');
});

test('another slot excludes nothing', () => {
  expect(plan(['rig-libs/base:2']).excluded).toEqual([]);
});
