import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { buildItems, type Graph, type GraphPackage, parseGraph, planScript } from '../../src/gentoo/graph.ts';
import { readCapture } from './samples.ts';

const items = (name: string): ReturnType<typeof buildItems> => buildItems(parseGraph(readCapture(`graph-${name}.json`)));
const needs = (name: string): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(items(name).map((item) => [item.cpv, item.needs]));

test('a diamond: each waits for what its build needs, and for what that needs to run', () => {
  expect(needs('diamond')).toEqual({
    'rig-dev/tool-a-1.0': [],
    'rig-libs/base-1.0-r1': [],
    'rig-libs/slotted-1.0': [],
    'rig-app/flagged-1.0': [], // slotted is RDEPEND only
    'rig-libs/left-1.0': ['rig-dev/tool-a-1.0', 'rig-libs/base-1.0-r1'],
    'rig-libs/right-1.0': [],
    'virtual/rigtool-0': [],
    'rig-app/diamond-1.0': ['rig-libs/base-1.0-r1', 'rig-libs/left-1.0', 'rig-libs/right-1.0'],
    'rig-app/needs-tool-1.0': ['rig-dev/tool-a-1.0', 'virtual/rigtool-0'], // not flagged: PDEPEND
  });
});

test('an item tells slot, repository and flags', () => {
  expect(items('diamond').find(({ cpv }) => cpv === 'rig-app/flagged-1.0')).toEqual({
    cpv: 'rig-app/flagged-1.0',
    slot: '0',
    repo: 'rig',
    use: ['extra', 'rig_targets_r3_11'],
    restrict: [],
    needs: [],
  });
});

test('what is installed, or binary already, is not built', () => {
  expect(needs('installed')).toEqual({ 'rig-app/diamond-1.0': [] });
  expect(items('binary')).toEqual([]);
});

test.each([
  ['masked', 'SW6004', 'rig-app/masked-1.0 is masked by package.mask'],
  ['use-change', 'SW6006', '>=rig-app/flagged-1.0 gui'],
  ['circular', 'SW6007', 'depend on each other'],
])('%s is told as %s', (name, code, text) => {
  expect(() => items(name)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(text) }));
});

const made = (cpv: string, order: number | null, edges: GraphPackage['edge_kinds']): GraphPackage => ({
  id: cpv,
  cpv,
  cp: cpv,
  version: '1',
  slot: '0',
  sub_slot: '0',
  repo: 'r',
  root: '/',
  type: 'ebuild',
  operation: 'merge',
  order,
  remote: false,
  build_id: null,
  build_time: null,
  use: [],
  iuse: [],
  restrict: [],
  properties: [],
  bdepend_edges: [],
  rdepend_edges: [],
  edge_kinds: edges,
});
const graphOf = (...packages: readonly GraphPackage[]): Graph => ({
  status: 0,
  success: true,
  portage: '3',
  arguments: [],
  packages: [...packages],
  blockers: [],
  messages: '',
});

test('a circle through run-time dependencies is opened where emerge opens it', () => {
  const graph = graphOf(
    made('a/x-1', 2, { 'a/y-1': ['DEPEND'] }),
    made('a/y-1', 0, { 'a/z-1': ['RDEPEND'] }),
    made('a/z-1', 1, { 'a/x-1': ['DEPEND'] }),
  );
  expect(buildItems(graph).map(({ cpv, needs }) => [cpv, needs])).toEqual([
    ['a/y-1', []],
    ['a/z-1', []],
    ['a/x-1', ['a/y-1', 'a/z-1']],
  ]);
});

test('two that need each other to run can be built side by side', () => {
  const graph = graphOf(made('a/x-1', 0, { 'a/y-1': ['RDEPEND'] }), made('a/y-1', 1, { 'a/x-1': ['RDEPEND'] }));
  expect(buildItems(graph).map(({ needs }) => needs)).toEqual([[], []]);
});

test('a package without an order is a cycle', () => {
  expect(() => buildItems(graphOf(made('a/x-1', null, {})))).toThrow(expect.objectContaining({ code: 'SW6007' }));
});

test.each(['', 'sh: python3: not found', '{"status":0}', '[]'])('%j is not a graph', (text) => {
  expect(() => parseGraph(text)).toThrow(expect.objectContaining({ code: 'SW6011' }));
});

test('on a host without Portage the script says so, and nothing else', async () => {
  const printed = execFileSync('python3', ['-I', '-', 'a/b'], { input: await planScript(), encoding: 'utf8' });
  expect(() => parseGraph(printed)).toThrow(expect.objectContaining({ code: 'SW6011', detail: expect.stringContaining('portage') }));
});
