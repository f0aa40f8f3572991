import { parseIndex } from '../../gentoo/binhost/packages-index.ts';
import { type DemoPackage, type DependencyKind, packageId } from './demo-package.ts';
import { type DroneEnvironment, type DroneSystem, openDroneSystem } from './drone-system.ts';
import { pretendLine } from './emerge-messages.ts';
import { type EmergeRequest, isOptionOn, parseEmergeArgs } from './emerge-options.ts';
import type { StandInOutput } from './merge/merge-packages.ts';
import { readPackageSet } from './package-sets.ts';
import type { MergeResolution } from './resolver.ts';
import { calculateMerge, type MergeCalculation, PORTAGE_VERSION } from './run-emerge.ts';

/** What src/gentoo/plan/plan.py prints over real Portage, for the demo tree: emerge's options and atoms in, the graph as JSON out. `index` is
 *  the text of the binhost's Packages that the script brought along. */
export async function printPlanGraph(
  argv: readonly string[],
  index: string | undefined,
  env: DroneEnvironment,
  out: StandInOutput,
): Promise<number> {
  const place = openDroneSystem(env);
  const print = (value: object): void => out.stdout(`${JSON.stringify(value)}\n`);
  const failed = (status: number, messages: string) => ({
    status,
    success: false,
    portage: PORTAGE_VERSION,
    arguments: [],
    packages: [],
    targets: [],
    named: [],
    blockers: [],
    messages,
  });
  try {
    const request = parseEmergeArgs(argv);
    const system = systemFilter(place);
    const found = await calculateClosure(request, system, (again) =>
      calculateMerge(request, place, env, index === undefined ? undefined : parseIndex(index), again),
    );
    if (typeof found === 'string') {
      print({ ...failed(1, found), arguments: request.atoms });
      return 1;
    }
    const { resolution, installed, warnings } = found;
    const status = resolution.problem === undefined ? 0 : 1;
    const lines = resolution.order.map(
      (pkg) =>
        `${pretendLine(
          pkg,
          installed.find((old) => sameName(old, pkg)),
          false,
        )}\n`,
    );
    print({
      status,
      success: status === 0,
      portage: PORTAGE_VERSION,
      arguments: request.atoms,
      packages: graphNodes(resolution, system),
      targets: resolution.targets.map(packageId),
      named: resolution.targets
        .filter(({ cpv }) => request.atoms.some((word) => !word.startsWith('@') && word.includes(cpv.name)))
        .map(packageId),
      blockers: [],
      messages: `\nThese are the packages that would be merged, in order:\n\nCalculating dependencies ... done!\nDependency resolution took 0.02 s (backtrack: 0/20).\n\n${warnings}${lines.join('')}${resolution.problem ?? ''}`,
    });
    return status;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    print(failed(2, `emerge: error: ${error.message}\n`));
    return 2;
  }
}

/** Done again until nothing that the targets need to run counts as installed, save @system. */
async function calculateClosure(
  request: EmergeRequest,
  system: (pkg: DemoPackage) => boolean,
  solve: (again: ReadonlySet<string>) => Promise<MergeCalculation | string>,
): Promise<MergeCalculation | string> {
  const again = new Set<string>();
  for (;;) {
    const found = await solve(again);
    if (typeof found === 'string' || found.resolution.problem !== undefined || isOptionOn(request, 'emptytree', 'nodeps')) return found;
    const left = leftInstalled(found.resolution, system).filter((cpv) => !again.has(cpv));
    if (left.length === 0) return found;
    for (const cpv of left) again.add(cpv);
  }
}

function leftInstalled({ targets, edges }: MergeResolution, system: (pkg: DemoPackage) => boolean): readonly string[] {
  const seen = new Set(targets);
  for (const pkg of seen) {
    for (const [to, kinds] of edges.get(pkg) ?? []) {
      if (kinds.some((kind) => kind === 'RDEPEND' || kind === 'IDEPEND' || kind === 'PDEPEND') && !system(to)) seen.add(to);
    }
  }
  return [...seen].filter(({ type }) => type === 'installed').map(({ cpv }) => cpv.text);
}

function systemFilter(system: DroneSystem): (pkg: DemoPackage) => boolean {
  const names = new Set(readPackageSet('system', system));
  return ({ cpv }) => names.has(`${cpv.category}/${cpv.name}`);
}

const sameName = (a: DemoPackage, b: DemoPackage): boolean =>
  a.cpv.category === b.cpv.category && a.cpv.name === b.cpv.name && a.slot === b.slot;

function graphNodes({ order, packages, edges, circular }: MergeResolution, system: (pkg: DemoPackage) => boolean): readonly object[] {
  const rest = packages.filter((pkg) => !order.includes(pkg));
  return [...order, ...rest].map((pkg) => {
    const out = edges.get(pkg) ?? new Map<DemoPackage, readonly DependencyKind[]>();
    const along = (...kinds: readonly DependencyKind[]): string[] =>
      [...out]
        .filter(([, found]) => found.some((kind) => kinds.includes(kind)))
        .map(([to]) => packageId(to))
        .sort();
    const position = order.indexOf(pkg);
    return {
      id: packageId(pkg),
      cpv: pkg.cpv.text,
      cp: `${pkg.cpv.category}/${pkg.cpv.name}`,
      version: pkg.cpv.version,
      slot: pkg.slot,
      sub_slot: pkg.subSlot,
      repo: pkg.repository,
      root: '/',
      type: pkg.type,
      operation: pkg.type === 'installed' ? 'nomerge' : 'merge',
      order: position < 0 || circular ? null : position,
      remote: pkg.remote ?? false,
      build_id: pkg.buildId ?? null,
      build_time: pkg.buildTime ?? null,
      system: system(pkg),
      use: pkg.use,
      iuse: pkg.iuse,
      restrict: pkg.restrict,
      properties: [],
      bdepend_edges: along('BDEPEND', 'DEPEND'),
      rdepend_edges: along('RDEPEND', 'IDEPEND', 'PDEPEND'),
      edge_kinds: Object.fromEntries([...out].map(([to, kinds]) => [packageId(to), kinds])),
    };
  });
}
