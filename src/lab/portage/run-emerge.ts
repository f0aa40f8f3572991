import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PackageAtom, parseAtom } from '../../gentoo/atom/atom.ts';
import type { Cpv } from '../../gentoo/atom/cpv.ts';
import type { PackagesIndex } from '../../gentoo/binhost/packages-index.ts';
import { fetchIndex } from './binhost-client.ts';
import { type DemoPackage, listEbuilds, packageFromStanza } from './demo-package.ts';
import { type DroneEnvironment, type DroneSystem, openDroneSystem } from './drone-system.ts';
import { pretendLine } from './emerge-messages.ts';
import { type EmergeRequest, isOptionOn, parseEmergeArgs } from './emerge-options.ts';
import { appendEmergeLog } from './merge/build-logs.ts';
import { type MergeOptions, mergePackages, type StandInOutput } from './merge/merge-packages.ts';
import { readPackageSet } from './package-sets.ts';
import { readLocalIndex } from './pkgdir.ts';
import { type MergeResolution, resolvePackages } from './resolver.ts';
import { listInstalled } from './vdb.ts';

/** The release that the stand-ins play. */
export const PORTAGE_VERSION = '3.0.82';

/** What emerge worked out: for emerge itself and for the plan script's stand-in. */
export interface MergeCalculation {
  readonly resolution: MergeResolution;
  readonly taken: ReadonlyMap<string, readonly number[]>;
  readonly installed: readonly DemoPackage[];
  /** Trouble with the binhost, which does not stop emerge. */
  readonly warnings: string;
}

/** emerge of a lab drone: works on the demo tree, prints as Portage 3.0.82 does without a terminal. Gives the exit status. */
export async function runEmerge(argv: readonly string[], env: DroneEnvironment, out: StandInOutput): Promise<number> {
  let request: EmergeRequest;
  try {
    request = parseEmergeArgs(argv);
  } catch (error) {
    out.stderr(`usage: emerge [-h] [options] [atoms ...]\nemerge: error: ${(error as Error).message}\n`);
    return 2;
  }
  const system = openDroneSystem(env);
  const action = runOtherAction(request, out);
  if (action !== undefined) return action;
  appendEmergeLog(system, `Started emerge on: ${new Date().toUTCString()}`);
  appendEmergeLog(system, ` *** emerge ${argv.join(' ')}`);
  const calculation = await calculateMerge(request, system, env);
  if (typeof calculation === 'string') {
    out.stderr(calculation);
    return 1;
  }
  return runMerge(request, calculation, system, out);
}

function runOtherAction(request: EmergeRequest, out: StandInOutput): number | undefined {
  const { options, atoms } = request;
  if (options.has('version')) out.stdout(`Portage ${PORTAGE_VERSION} (lab stand-in)\n`);
  else if (options.has('info')) out.stdout(`Portage ${PORTAGE_VERSION} (lab stand-in, demo, gcc, glibc)\n`);
  else if (options.has('sync'))
    out.stdout(
      ">>> Syncing repository 'demo' into '/var/db/repos/demo'...\n=== Sync completed for demo\n\nAction: sync for repo: demo, returned code = 0\n",
    );
  else if (options.has('depclean')) out.stdout('Calculating dependencies ... done!\n>>> No packages selected for removal by depclean\n');
  else if (atoms.length === 0) out.stdout('usage: emerge [ options ] [ action ] [ ebuild | tbz2 | file | @set | atom ] [ ... ]\n');
  else return undefined;
  return 0;
}

/** Resolves the request; a text is what emerge says on stderr when the command line itself is wrong. With an index given, that is the
 *  binhost, and nothing lies here. */
export async function calculateMerge(
  request: EmergeRequest,
  system: DroneSystem,
  env: DroneEnvironment,
  given?: PackagesIndex,
  again: ReadonlySet<string> = new Set(),
): Promise<MergeCalculation | string> {
  const all = listEbuilds(readUseFlags(system, env));
  const atoms: PackageAtom[] = [];
  for (const word of request.atoms.flatMap((each) => (each.startsWith('@') ? (readPackageSet(each.slice(1), system) ?? [each]) : [each]))) {
    const atom = readAtom(word, all);
    if (typeof atom === 'string') return atom;
    atoms.push(atom);
  }
  const only = isOptionOn(request, 'usepkgonly', 'getbinpkgonly');
  const asked = isOptionOn(request, 'getbinpkg', 'getbinpkgonly') && system.binhost !== undefined;
  const remote = given ?? (asked ? await fetchIndex(system.binhost ?? '') : undefined);
  const usable = only || isOptionOn(request, 'usepkg', 'getbinpkg');
  const there = typeof remote === 'object' ? remote.packages.map((stanza) => packageFromStanza(stanza, system, true)) : [];
  const here =
    usable && given === undefined ? readLocalIndex(system).packages.map((stanza) => packageFromStanza(stanza, system, false)) : [];
  const now = listInstalled(system);
  const text = (name: string): string => String(request.options.get(name) ?? '');
  const resolution = resolvePackages(
    {
      atoms,
      binaries: only ? 'only' : usable ? 'welcome' : 'never',
      exclude: text('usepkg-exclude').split(/\s+/),
      onlydeps: isOptionOn(request, 'onlydeps'),
      buildtimeOnly: isOptionOn(request, 'buildpkgonly') || (isOptionOn(request, 'onlydeps') && text('onlydeps-with-rdeps') === 'n'),
      nodeps: isOptionOn(request, 'nodeps'),
      noreplace: isOptionOn(request, 'noreplace', 'update', 'selective', 'changed-use', 'newuse'),
      emptytree: isOptionOn(request, 'emptytree'),
      reinstall: again,
      withBdeps: text('with-bdeps') === 'y',
    },
    // a build that lies in PKGDIR already is not fetched again
    { ebuilds: all, installed: now, binaries: [...here, ...there.filter((pkg) => !here.some((own) => sameBuild(own, pkg)))] },
    system,
  );
  const taken = new Map<string, number[]>();
  for (const pkg of there) taken.set(pkg.cpv.text, [...(taken.get(pkg.cpv.text) ?? []), pkg.buildId ?? 0]);
  return { resolution, taken, installed: now, warnings: typeof remote === 'string' ? remote : '' };
}

const sameBuild = (a: DemoPackage, b: DemoPackage): boolean =>
  a.cpv.text === b.cpv.text && ['BUILD_ID', 'BUILD_TIME', 'SIZE'].every((key) => a.stanza?.get(key) === b.stanza?.get(key));

function readAtom(word: string, all: readonly DemoPackage[]): PackageAtom | string {
  const bad = `!!! '${word}' is not a valid package atom.\n!!! Please check ebuild(5) for full details.\n`;
  if (word.startsWith('@'))
    return `emerge: There are no sets to satisfy '${word.slice(1)}'. The following sets exist:\n\n    selected\n    system\n    world\n\n`;
  let text = word;
  if (!word.includes('/')) {
    const categories = new Set(all.filter((pkg) => pkg.cpv.name === word).map((pkg) => pkg.cpv.category));
    if (categories.size > 1)
      return `!!! The short ebuild name "${word}" is ambiguous. Please specify\n!!! one of the following fully-qualified ebuild names instead:\n\n${[...categories].map((each) => `    ${each}/${word}\n`).join('')}\n`;
    if (categories.size === 0)
      return `\nemerge: there are no ebuilds to satisfy "${word}".\n\nemerge: searching for similar names...\nemerge: nothing similar found.\n`;
    text = `${[...categories][0]}/${word}`;
  }
  try {
    const atom = parseAtom(text);
    return atom.kind === 'package' && atom.blocks === undefined ? atom : bad;
  } catch {
    return bad;
  }
}

/** Defaults of the ebuild, then etc/portage/package.use of the drone, then USE of the environment. */
function readUseFlags(
  system: DroneSystem,
  env: DroneEnvironment,
): (cpv: Cpv, iuse: readonly string[], defaults: readonly string[]) => readonly string[] {
  const file = join(system.config, 'package.use');
  const lines = existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .map((line) => line.trim().split(/\s+/))
    : [];
  const wanted = (env['USE'] ?? '').split(/\s+/);
  return (cpv, iuse, defaults) => {
    const own = lines.filter(([name]) => name === `${cpv.category}/${cpv.name}` || name === '*/*').flatMap(([, ...flags]) => flags);
    const flags = new Set(defaults);
    for (const flag of [...own, ...wanted]) {
      if (flag.startsWith('-')) flags.delete(flag.slice(1));
      else if (iuse.includes(flag)) flags.add(flag);
    }
    return [...flags].sort();
  };
}

async function runMerge(
  request: EmergeRequest,
  { resolution, taken, installed: now, warnings }: MergeCalculation,
  system: DroneSystem,
  out: StandInOutput,
): Promise<number> {
  const quiet = isOptionOn(request, 'quiet');
  const pretend = isOptionOn(request, 'pretend', 'fetchonly');
  if (warnings !== '') out.stderr(warnings);
  if (pretend && !quiet) out.stdout('\nThese are the packages that would be merged, in order:\n\n');
  if (!quiet) out.stdout('Calculating dependencies ... done!\nDependency resolution took 0.02 s (backtrack: 0/20).\n\n');
  const list = (): void => {
    for (const pkg of resolution.order) {
      const old = now.find((each) => each.cpv.category === pkg.cpv.category && each.cpv.name === pkg.cpv.name && each.slot === pkg.slot);
      out.stdout(`${pretendLine(pkg, old, isOptionOn(request, 'verbose'))}\n`);
    }
  };
  if (resolution.problem !== undefined) {
    list();
    out.stderr(resolution.problem);
    return 1;
  }
  if (pretend) {
    list();
    return 0;
  }
  const packOnly = isOptionOn(request, 'buildpkgonly');
  if (packOnly && resolution.order.length > request.atoms.length) {
    list();
    out.stderr(
      '\n!!! --buildpkgonly requires all dependencies to be merged.\n!!! Cannot merge requested packages. Merge deps and try again.\n\n',
    );
    return 1;
  }
  const jobs = Number(request.options.get('jobs') ?? 1);
  const options: MergeOptions = {
    packing: packOnly || isOptionOn(request, 'buildpkg'),
    packOnly,
    keepGoing: isOptionOn(request, 'keep-going'),
    background: isOptionOn(request, 'quiet-build') || !(jobs <= 1) || quiet,
    quiet,
    taken,
  };
  return mergePackages(resolution, options, system, out);
}
