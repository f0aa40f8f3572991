import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { BuildPlan } from '../../../src/gentoo/plan/build-plan.ts';
import { type DependencyGraph, type GraphPackage, parseGraph, readPlanScript } from '../../../src/gentoo/plan/dependency-graph.ts';
import { makeBuildPlan } from '../../../src/gentoo/plan/make-build-plan.ts';
import { selectNamed } from '../../../src/gentoo/plan/select-packages.ts';
import { readCapture } from '../samples.ts';

const plan = (name: string): BuildPlan => makeBuildPlan(parseGraph(readCapture(`graph-${name}.json`)));
const items = (name: string): BuildPlan['items'] => plan(name).items;
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

test('an item has slot, repository and flags', () => {
  expect(items('diamond').find(({ cpv }) => cpv === 'rig-app/flagged-1.0')).toMatchObject({
    cpv: 'rig-app/flagged-1.0',
    slot: '0',
    subSlot: '0',
    repo: 'rig',
    use: ['extra', 'rig_targets_r3_11'],
    restrict: [],
    needs: [],
    dependencies: [],
    reason: 'new',
    because: 'needed by rig-app/needs-tool-1.0',
  });
});

test('what it needs to run is built where the host has it installed; what it is built with is not, nor what is published', () => {
  expect(needs('installed')).toEqual({
    'rig-libs/base-1.0-r1': [], // what is installed, though 2.0 is to be had
    'rig-libs/left-1.0': ['rig-libs/base-1.0-r1'], // tool-a is installed
    'rig-libs/right-1.0': [],
    'rig-app/diamond-1.0': ['rig-libs/base-1.0-r1', 'rig-libs/left-1.0', 'rig-libs/right-1.0'],
  });
  expect(plan('binary')).toEqual({ items: [], unpublishable: [], wanted: expect.arrayContaining(['rig-app/diamond-1.0']) as unknown });
});

test('a member of @system that is installed is not built again, nor missed', () => {
  expect(Object.keys(needs('system'))).toEqual(['rig-libs/left-1.0', 'rig-libs/right-1.0', 'rig-app/diamond-1.0']);
  expect(plan('system').unpublishable).toEqual([]);
});

test('a member of @system that was asked for is built', () => {
  expect(items('system-target').map(({ cpv }) => cpv)).toEqual(['rig-libs/base-1.0-r1']);
});

test('a package that may not be published is reported and not built; its dependencies are', () => {
  expect(plan('restricted')).toMatchObject({
    items: [{ cpv: 'rig-app/shows-1.0', needs: [] }],
    unpublishable: [{ cpv: 'rig-app/restricted-1.0', reason: 'bindist' }],
  });
  expect(plan('restricted-published')).toMatchObject({ items: [], unpublishable: [{ cpv: 'rig-app/restricted-1.0' }] });
});

test('RESTRICT=bindist is built where a person names it; where only a client wants it, it is reported', () => {
  const restricted = { ...made('a/restricted-1', 1, {}), cp: 'a/restricted', restrict: ['bindist'] };
  const graph = { ...graphOf(restricted), targets: ['a/restricted-1'], named: ['a/restricted-1'] };
  const planned = (...atoms: string[]) => makeBuildPlan({ ...graph, named: selectNamed(graph, atoms) });
  expect(planned('=a/restricted-1')).toMatchObject({ items: [{ cpv: 'a/restricted-1' }], unpublishable: [] });
  expect(planned('a/other', '@world')).toMatchObject({ items: [], unpublishable: [{ cpv: 'a/restricted-1', reason: 'bindist' }] });
});

test('an installed package without an ebuild is reported', () => {
  expect(plan('no-ebuild').unpublishable).toEqual([{ cpv: 'rig-libs/base-1.0-r1', reason: 'no ebuild' }]);
});

test('clients have the C library of the base system, which Portage adds to what a package needs to run', () => {
  const libc = [{ cpv: 'sys-libs/glibc-2.40-r5', slot: '2.2', sub_slot: '2.2', use: ['multiarch'] }];
  const [item] = makeBuildPlan({ ...graphOf(made('a/program-1', 0, {})), libc }).items;
  expect(item?.base).toEqual([{ cpv: 'sys-libs/glibc-2.40-r5', slot: '2.2', subSlot: '2.2', use: ['multiarch'] }]);
});

test('packages that need each other to run are built, and what is built with one waits for both', () => {
  expect(needs('ring')).toEqual({
    'rig-app/ring-a-1.0': [],
    'rig-app/ring-b-1.0': [],
    'rig-app/rings-1.0': ['rig-app/ring-a-1.0', 'rig-app/ring-b-1.0'],
  });
});

test.each([
  ['masked', 'SW6004', 'rig-app/masked-1.0 is masked by package.mask'],
  ['use-change', 'SW6006', '>=rig-app/flagged-1.0 gui'],
  ['circular', 'SW6007', 'circular dependencies'],
])('%s gives %s', (name, code, text) => {
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
  system: false,
  use: [],
  iuse: [],
  fixed: [],
  restrict: [],
  properties: [],
  bdepend_edges: [],
  rdepend_edges: [],
  edge_kinds: edges,
});
const graphOf = (...packages: readonly GraphPackage[]): DependencyGraph => ({
  status: 0,
  success: true,
  portage: '3',
  moves: [],
  arguments: [],
  packages: [...packages],
  targets: [packages.at(0)?.id ?? ''],
  named: [],
  blockers: [],
  stale: {},
  use_expand: [],
  libc: [],
  messages: '',
});

test('a circle through run-time dependencies is opened where emerge opens it', () => {
  const graph = graphOf(
    made('a/x-1', 2, { 'a/y-1': ['DEPEND'] }),
    made('a/y-1', 0, { 'a/z-1': ['RDEPEND'] }),
    made('a/z-1', 1, { 'a/x-1': ['DEPEND'] }),
  );
  expect(makeBuildPlan(graph).items.map(({ cpv, needs }) => [cpv, needs])).toEqual([
    ['a/y-1', []],
    ['a/z-1', []],
    ['a/x-1', ['a/y-1', 'a/z-1']],
  ]);
});

test('two that need each other to run can be built side by side', () => {
  const graph = graphOf(made('a/x-1', 0, { 'a/y-1': ['RDEPEND'] }), made('a/y-1', 1, { 'a/x-1': ['RDEPEND'] }));
  expect(makeBuildPlan(graph).items.map(({ needs }) => needs)).toEqual([[], []]);
});

test('what emerge would rebuild on the host beside that is not an item', () => {
  const graph = graphOf(made('a/x-1', 0, {}), made('a/y-1', 1, { 'a/x-1': ['RDEPEND'] }));
  expect(makeBuildPlan(graph).items.map(({ cpv }) => cpv)).toEqual(['a/x-1']);
});

test('what is built with a package that may not be handed on waits for what that one is built with', () => {
  const restricted = { ...made('a/y-1', 1, { 'a/z-1': ['DEPEND'] }), restrict: ['bindist'] };
  const graph = graphOf(made('a/x-1', 2, { 'a/y-1': ['DEPEND'] }), restricted, made('a/z-1', 0, {}));
  expect(makeBuildPlan(graph)).toMatchObject({ items: [{ cpv: 'a/z-1' }, { cpv: 'a/x-1', needs: ['a/z-1'] }], unpublishable: [] });
  expect(makeBuildPlan({ ...graph, targets: ['a/y-1'], named: ['a/y-1'] }).items.map(({ cpv }) => cpv)).toEqual(['a/z-1', 'a/y-1']);
});

test('a package without an order is a cycle', () => {
  expect(() => makeBuildPlan(graphOf(made('a/x-1', null, {})))).toThrow(expect.objectContaining({ code: 'SW6007' }));
});

test.each(['', 'sh: python3: not found', '{"status":0}', '[]'])('%j is not a graph', (text) => {
  expect(() => parseGraph(text)).toThrow(expect.objectContaining({ code: 'SW6011' }));
});

test.each(['../../x-1', 'a/../../x-1', 'a/x', '/etc/x-1', 'a/x-1\n', '-a/x-1'])('a graph with the package %j is not read', (cpv) => {
  const sound = graphOf(made('a/x-1', 1, {}));
  expect(parseGraph(JSON.stringify(sound)).packages).toHaveLength(1);
  const lie = { ...sound, packages: sound.packages.map((one) => ({ ...one, cpv })) };
  expect(() => parseGraph(JSON.stringify(lie))).toThrow(expect.objectContaining({ code: 'SW6011' }));
});

test('on a host without Portage the script says so, and nothing else', async () => {
  const printed = execFileSync('python3', ['-I', '-', 'a/b'], { input: readPlanScript(), encoding: 'utf8' });
  expect(() => parseGraph(printed)).toThrow(expect.objectContaining({ code: 'SW6011', detail: expect.stringContaining('portage') }));
});
