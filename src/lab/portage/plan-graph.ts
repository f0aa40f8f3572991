import { parseIndex } from '../../gentoo/binhost/packages-index.ts';
import { idOf, type Kind, type Package } from './demo-package.ts';
import { type Environment, type Place, placeOf } from './drone-system.ts';
import { pretendLine } from './emerge-messages.ts';
import { on, type Request, readRequest } from './emerge-options.ts';
import type { Out } from './merge/merge-packages.ts';
import { setOf } from './package-sets.ts';
import type { Resolution } from './resolver.ts';
import { type Calculation, calculate, PORTAGE } from './run-emerge.ts';

/** What src/gentoo/plan.py prints over real Portage, for the demo tree: emerge's options and atoms in, the graph as JSON out. `index` is
 *  the text of the binhost's Packages that the script brought along. */
export async function graph(argv: readonly string[], index: string | undefined, env: Environment, out: Out): Promise<number> {
  const place = placeOf(env);
  const print = (value: object): void => out.stdout(`${JSON.stringify(value)}\n`);
  const failed = (status: number, messages: string) => ({
    status,
    success: false,
    portage: PORTAGE,
    arguments: [],
    packages: [],
    targets: [],
    named: [],
    blockers: [],
    messages,
  });
  try {
    const request = readRequest(argv);
    const system = systemOf(place);
    const found = await closure(request, system, (again) =>
      calculate(request, place, env, index === undefined ? undefined : parseIndex(index), again),
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
      portage: PORTAGE,
      arguments: request.atoms,
      packages: nodes(resolution, system),
      targets: resolution.targets.map(idOf),
      named: resolution.targets
        .filter(({ cpv }) => request.atoms.some((word) => !word.startsWith('@') && word.includes(cpv.name)))
        .map(idOf),
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
async function closure(
  request: Request,
  system: (pkg: Package) => boolean,
  solve: (again: ReadonlySet<string>) => Promise<Calculation | string>,
): Promise<Calculation | string> {
  const again = new Set<string>();
  for (;;) {
    const found = await solve(again);
    if (typeof found === 'string' || found.resolution.problem !== undefined || on(request, 'emptytree', 'nodeps')) return found;
    const left = leftInstalled(found.resolution, system).filter((cpv) => !again.has(cpv));
    if (left.length === 0) return found;
    for (const cpv of left) again.add(cpv);
  }
}

function leftInstalled({ targets, edges }: Resolution, system: (pkg: Package) => boolean): readonly string[] {
  const seen = new Set(targets);
  for (const pkg of seen) {
    for (const [to, kinds] of edges.get(pkg) ?? []) {
      if (kinds.some((kind) => kind === 'RDEPEND' || kind === 'IDEPEND' || kind === 'PDEPEND') && !system(to)) seen.add(to);
    }
  }
  return [...seen].filter(({ type }) => type === 'installed').map(({ cpv }) => cpv.text);
}

function systemOf(place: Place): (pkg: Package) => boolean {
  const names = new Set(setOf('system', place));
  return ({ cpv }) => names.has(`${cpv.category}/${cpv.name}`);
}

const sameName = (a: Package, b: Package): boolean => a.cpv.category === b.cpv.category && a.cpv.name === b.cpv.name && a.slot === b.slot;

function nodes({ order, packages, edges, circular }: Resolution, system: (pkg: Package) => boolean): readonly object[] {
  const rest = packages.filter((pkg) => !order.includes(pkg));
  return [...order, ...rest].map((pkg) => {
    const out = edges.get(pkg) ?? new Map<Package, readonly Kind[]>();
    const along = (...kinds: readonly Kind[]): string[] =>
      [...out]
        .filter(([, found]) => found.some((kind) => kinds.includes(kind)))
        .map(([to]) => idOf(to))
        .sort();
    const position = order.indexOf(pkg);
    return {
      id: idOf(pkg),
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
      edge_kinds: Object.fromEntries([...out].map(([to, kinds]) => [idOf(to), kinds])),
    };
  });
}
