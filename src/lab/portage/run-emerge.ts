import { fetchIndex } from './binhost-client.ts';
import { builtPackage, DEMO_EBUILDS, type DemoPackage, type Fields } from './demo-package.ts';
import { type DroneEnvironment, type DroneSystem, openDroneSystem } from './drone-system.ts';
import { badAtomMessage, MISSING_DEPENDENCIES, pretendLine } from './emerge-messages.ts';
import { type EmergeRequest, isOptionOn, parseEmergeArgs } from './emerge-options.ts';
import { listInstalled } from './installed-packages.ts';
import { appendEmergeLog, mergePackages, type StandInOutput } from './merge/merge-packages.ts';
import { readLocalEntries } from './pkgdir.ts';
import { expandSets, resolvePackages } from './resolver.ts';

/** The release that the stand-ins play. */
export const PORTAGE_VERSION = '3.0.82';
export const CALCULATED = 'Calculating dependencies ... done!\nDependency resolution took 0.02 s (backtrack: 0/20).\n\n';

/** emerge of a lab drone: works on the demo tree, prints as Portage does without a terminal. Returns the exit status. */
export async function runEmerge(argv: readonly string[], env: DroneEnvironment, out: StandInOutput): Promise<number> {
  let request: EmergeRequest;
  try {
    request = parseEmergeArgs(argv);
  } catch (error) {
    out.stderr(`usage: emerge [-h] [options] [atoms ...]\nemerge: error: ${(error as Error).message}\n`);
    return 2;
  }
  if (isOptionOn(request, 'version') || isOptionOn(request, 'sync')) {
    out.stdout(isOptionOn(request, 'sync') ? '=== Sync completed for demo\n' : `Portage ${PORTAGE_VERSION} (lab stand-in)\n`);
    return 0;
  }
  const system = openDroneSystem(env);
  const [, day, month, year, time] = new Date().toUTCString().split(' ');
  appendEmergeLog(system, `Started emerge on: ${month} ${day}, ${year} ${time}`);
  appendEmergeLog(system, ` *** emerge ${argv.join(' ')}`);
  const bad = findBadAtom(request.atoms);
  if (bad !== undefined) {
    out.stderr(badAtomMessage(bad));
    return 1;
  }
  return calculateAndMerge(request, system, out);
}

/** The first word that is no atom. */
export const findBadAtom = (atoms: readonly string[]): string | undefined =>
  expandSets(atoms).find((atom) => !/^=?(?:[\w+-]+\/)?[\w+.-]*\w(?::[\w.-]+)?(?:::\w+)?$/.test(atom));

/** Entries of an index as packages; what the tree does not know is left out. */
export const binaryPackages = (entries: readonly Fields[], remote: boolean): DemoPackage[] =>
  entries.flatMap((fields) => builtPackage('binary', fields, remote) ?? []);

async function calculateAndMerge(request: EmergeRequest, system: DroneSystem, out: StandInOutput): Promise<number> {
  const { binhost } = system;
  const remote = isOptionOn(request, 'getbinpkg') && binhost !== undefined ? await fetchIndex(binhost) : [];
  if (typeof remote === 'string') out.stderr(remote);
  const onBinhost = typeof remote === 'string' ? [] : remote;
  const local = readLocalEntries(system);
  const usable = ['usepkg', 'usepkgonly', 'getbinpkg'].some((name) => isOptionOn(request, name));
  const onlyDependencies = isOptionOn(request, 'onlydeps');
  const packOnly = isOptionOn(request, 'buildpkgonly');
  const resolution = resolvePackages(
    {
      atoms: expandSets(request.atoms),
      binaries: usable ? [...binaryPackages(local, false), ...binaryPackages(onBinhost, true)] : [],
      installed: listInstalled(system),
      exclude: request.options.get('usepkg-exclude'),
      buildtimeOnly: packOnly || (onlyDependencies && request.options.get('onlydeps-with-rdeps') === 'n'),
    },
    system,
  );
  const { targets, problem } = resolution;
  const alone = isOptionOn(request, 'nodeps');
  const order = resolution.order.filter((pkg) => (targets.includes(pkg) ? !onlyDependencies : !alone));
  const pretend = isOptionOn(request, 'pretend');
  const missing = packOnly && order.some((pkg) => !targets.includes(pkg)) ? MISSING_DEPENDENCIES : undefined;
  out.stdout(`${pretend ? '\nThese are the packages that would be merged, in order:\n\n' : ''}${CALCULATED}`);
  if (pretend || missing !== undefined) for (const pkg of order) out.stdout(`${pretendLine(pkg)}\n`);
  out.stderr(problem ?? missing ?? '');
  if ((problem ?? missing) !== undefined) return 1;
  if (pretend) return 0;
  return mergePackages(
    { order, packOnly, packing: packOnly || isOptionOn(request, 'buildpkg'), taken: [...local, ...onBinhost] },
    system,
    out,
  );
}

/** The name of a package that a word of the command line names. */
export const isNamedBy = (pkg: DemoPackage, words: readonly string[]): boolean =>
  DEMO_EBUILDS.some(({ cpv }) => cpv === pkg.cpv) &&
  words.some((word) => !word.startsWith('@') && word.includes(pkg.ebuild.name.split('/')[1] ?? ''));
