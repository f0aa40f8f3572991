import { buildId, type DemoPackage, type DependencyKind, enabledFlags, flagNames, repository } from './demo-package.ts';
import { type DroneEnvironment, openDroneSystem } from './drone-system.ts';
import { badAtomMessage, pretendLine } from './emerge-messages.ts';
import { type EmergeRequest, isOptionOn, parseEmergeArgs } from './emerge-options.ts';
import { listInstalled } from './installed-packages.ts';
import type { StandInOutput } from './merge/merge-packages.ts';
import { readEntries } from './pkgdir.ts';
import { expandSets, isSystem, type MergeResolution, resolvePackages, runClosure } from './resolver.ts';
import { binaryPackages, CALCULATED, findBadAtom, isNamedBy, PORTAGE_VERSION } from './run-emerge.ts';

/** What the plan program (src/gentoo/plan/plan.py) prints over real Portage, for the demo tree. `index` is the text of the binhost's
 *  Packages that the program brings along. */
export function printPlanGraph(argv: readonly string[], index: string, env: DroneEnvironment, out: StandInOutput): number {
  const print = (status: number, found: object): number => {
    const empty = { arguments: [], packages: [], targets: [], named: [], blockers: [], messages: '' };
    out.stdout(`${JSON.stringify({ status, success: status === 0, portage: PORTAGE_VERSION, ...empty, ...found })}\n`);
    return status;
  };
  let request: EmergeRequest;
  try {
    request = parseEmergeArgs(argv);
  } catch (error) {
    return print(2, { messages: `emerge: error: ${(error as Error).message}\n` });
  }
  const bad = findBadAtom(request.atoms);
  if (bad !== undefined) return print(1, { arguments: request.atoms, messages: badAtomMessage(bad) });
  const system = openDroneSystem(env);
  const atoms = expandSets(request.atoms);
  const closure = runClosure(atoms);
  const installed = isOptionOn(request, 'emptytree') ? [] : listInstalled(system).filter(({ cpv }) => !closure.has(cpv));
  const binaries = binaryPackages(readEntries(index), true);
  const resolution = resolvePackages({ atoms, binaries, installed, exclude: undefined, buildtimeOnly: false }, system);
  const { order, targets, problem } = resolution;
  return print(problem === undefined ? 0 : 1, {
    arguments: request.atoms,
    packages: graphNodes(resolution),
    targets: targets.map(packageId),
    named: targets.filter((pkg) => isNamedBy(pkg, request.atoms)).map(packageId),
    messages: `\nThese are the packages that would be merged, in order:\n\n${CALCULATED}${order.map((pkg) => `${pretendLine(pkg)}\n`).join('')}${problem ?? ''}`,
  });
}

/** `ebuild:cat/name-1.0:0::demo`, with `#BUILD_ID` for what is built. */
function packageId(pkg: DemoPackage): string {
  const id = buildId(pkg);
  return `${pkg.type}:${pkg.cpv}:${pkg.slot}::${repository}${id === undefined ? '' : `#${id}`}`;
}

function graphNodes({ order, edges, circular }: MergeResolution): readonly object[] {
  const rest = [...edges.keys()].filter((pkg) => !order.includes(pkg));
  return [...order, ...rest].map((pkg) => {
    const needs = [...(edges.get(pkg) ?? [])];
    const along = (...kinds: readonly DependencyKind[]): string[] =>
      needs
        .filter(([, found]) => found.some((kind) => kinds.includes(kind)))
        .map(([to]) => packageId(to))
        .sort();
    return {
      id: packageId(pkg),
      cpv: pkg.cpv,
      cp: pkg.ebuild.name,
      version: pkg.ebuild.version,
      slot: pkg.slot,
      sub_slot: pkg.subSlot,
      repo: repository,
      root: '/',
      type: pkg.type,
      operation: pkg.type === 'installed' ? 'nomerge' : 'merge',
      order: circular || !order.includes(pkg) ? null : order.indexOf(pkg),
      remote: pkg.remote ?? false,
      build_id: buildId(pkg) ?? null,
      build_time: pkg.fields === undefined ? null : Number(pkg.fields['BUILD_TIME']),
      system: isSystem(pkg),
      use: enabledFlags(pkg),
      iuse: flagNames(pkg),
      restrict: pkg.ebuild.restrict === undefined ? [] : [pkg.ebuild.restrict],
      properties: [],
      bdepend_edges: along('BDEPEND', 'DEPEND'),
      rdepend_edges: along('RDEPEND'),
      edge_kinds: Object.fromEntries(needs.map(([to, kinds]) => [packageId(to), kinds])),
    };
  });
}
