import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PackageAtom, parseAtom } from '../../gentoo/atom/atom.ts';
import type { Cpv } from '../../gentoo/atom/cpv.ts';
import type { PackagesIndex } from '../../gentoo/binhost/packages-index.ts';
import { remoteIndex } from './binhost-client.ts';
import { ebuilds, ofStanza, type Package } from './demo-package.ts';
import { type Environment, type Place, placeOf } from './drone-system.ts';
import { pretendLine } from './emerge-messages.ts';
import { on, type Request, readRequest } from './emerge-options.ts';
import { emergeLog } from './merge/build-logs.ts';
import { type MergeOptions, merge, type Out } from './merge/merge-packages.ts';
import { setOf } from './package-sets.ts';
import { localIndex } from './pkgdir.ts';
import { type Resolution, resolve } from './resolver.ts';
import { installed } from './vdb.ts';

/** The release that the stand-ins play. */
export const PORTAGE = '3.0.82';

/** What emerge worked out: for emerge itself and for the plan script's stand-in. */
export interface Calculation {
  readonly resolution: Resolution;
  readonly taken: ReadonlyMap<string, readonly number[]>;
  readonly installed: readonly Package[];
  /** Trouble with the binhost, which does not stop emerge. */
  readonly warnings: string;
}

/** emerge of a lab drone: works on the demo tree, prints as Portage 3.0.82 does without a terminal. Gives the exit status. */
export async function emerge(argv: readonly string[], env: Environment, out: Out): Promise<number> {
  let request: Request;
  try {
    request = readRequest(argv);
  } catch (error) {
    out.stderr(`usage: emerge [-h] [options] [atoms ...]\nemerge: error: ${(error as Error).message}\n`);
    return 2;
  }
  const place = placeOf(env);
  const action = otherAction(request, out);
  if (action !== undefined) return action;
  emergeLog(place, `Started emerge on: ${new Date().toUTCString()}`);
  emergeLog(place, ` *** emerge ${argv.join(' ')}`);
  const calculation = await calculate(request, place, env);
  if (typeof calculation === 'string') {
    out.stderr(calculation);
    return 1;
  }
  return act(request, calculation, place, out);
}

function otherAction(request: Request, out: Out): number | undefined {
  const { options, atoms } = request;
  if (options.has('version')) out.stdout(`Portage ${PORTAGE} (lab stand-in)\n`);
  else if (options.has('info')) out.stdout(`Portage ${PORTAGE} (lab stand-in, demo, gcc, glibc)\n`);
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
export async function calculate(
  request: Request,
  place: Place,
  env: Environment,
  given?: PackagesIndex,
  again: ReadonlySet<string> = new Set(),
): Promise<Calculation | string> {
  const all = ebuilds(flagsOf(place, env));
  const atoms: PackageAtom[] = [];
  for (const word of request.atoms.flatMap((each) => (each.startsWith('@') ? (setOf(each.slice(1), place) ?? [each]) : [each]))) {
    const atom = readAtom(word, all);
    if (typeof atom === 'string') return atom;
    atoms.push(atom);
  }
  const only = on(request, 'usepkgonly', 'getbinpkgonly');
  const asked = on(request, 'getbinpkg', 'getbinpkgonly') && place.binhost !== undefined;
  const remote = given ?? (asked ? await remoteIndex(place.binhost ?? '') : undefined);
  const usable = only || on(request, 'usepkg', 'getbinpkg');
  const there = typeof remote === 'object' ? remote.packages.map((stanza) => ofStanza(stanza, place, true)) : [];
  const here = usable && given === undefined ? localIndex(place).packages.map((stanza) => ofStanza(stanza, place, false)) : [];
  const now = installed(place);
  const text = (name: string): string => String(request.options.get(name) ?? '');
  const resolution = resolve(
    {
      atoms,
      binaries: only ? 'only' : usable ? 'welcome' : 'never',
      exclude: text('usepkg-exclude').split(/\s+/),
      onlydeps: on(request, 'onlydeps'),
      buildtimeOnly: on(request, 'buildpkgonly') || (on(request, 'onlydeps') && text('onlydeps-with-rdeps') === 'n'),
      nodeps: on(request, 'nodeps'),
      noreplace: on(request, 'noreplace', 'update', 'selective', 'changed-use', 'newuse'),
      emptytree: on(request, 'emptytree'),
      again,
      withBdeps: text('with-bdeps') === 'y',
    },
    // a build that lies in PKGDIR already is not fetched again
    { ebuilds: all, installed: now, binaries: [...here, ...there.filter((pkg) => !here.some((own) => sameBuild(own, pkg)))] },
    place,
  );
  const taken = new Map<string, number[]>();
  for (const pkg of there) taken.set(pkg.cpv.text, [...(taken.get(pkg.cpv.text) ?? []), pkg.buildId ?? 0]);
  return { resolution, taken, installed: now, warnings: typeof remote === 'string' ? remote : '' };
}

const sameBuild = (a: Package, b: Package): boolean =>
  a.cpv.text === b.cpv.text && ['BUILD_ID', 'BUILD_TIME', 'SIZE'].every((key) => a.stanza?.get(key) === b.stanza?.get(key));

function readAtom(word: string, all: readonly Package[]): PackageAtom | string {
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
function flagsOf(place: Place, env: Environment): (cpv: Cpv, iuse: readonly string[], defaults: readonly string[]) => readonly string[] {
  const file = join(place.config, 'package.use');
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

async function act(
  request: Request,
  { resolution, taken, installed: now, warnings }: Calculation,
  place: Place,
  out: Out,
): Promise<number> {
  const quiet = on(request, 'quiet');
  const pretend = on(request, 'pretend', 'fetchonly');
  if (warnings !== '') out.stderr(warnings);
  if (pretend && !quiet) out.stdout('\nThese are the packages that would be merged, in order:\n\n');
  if (!quiet) out.stdout('Calculating dependencies ... done!\nDependency resolution took 0.02 s (backtrack: 0/20).\n\n');
  const list = (): void => {
    for (const pkg of resolution.order) {
      const old = now.find((each) => each.cpv.category === pkg.cpv.category && each.cpv.name === pkg.cpv.name && each.slot === pkg.slot);
      out.stdout(`${pretendLine(pkg, old, on(request, 'verbose'))}\n`);
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
  const packOnly = on(request, 'buildpkgonly');
  if (packOnly && resolution.order.length > request.atoms.length) {
    list();
    out.stderr(
      '\n!!! --buildpkgonly requires all dependencies to be merged.\n!!! Cannot merge requested packages. Merge deps and try again.\n\n',
    );
    return 1;
  }
  const jobs = Number(request.options.get('jobs') ?? 1);
  const options: MergeOptions = {
    packing: packOnly || on(request, 'buildpkg'),
    packOnly,
    keepGoing: on(request, 'keep-going'),
    background: on(request, 'quiet-build') || !(jobs <= 1) || quiet,
    quiet,
    taken,
  };
  return merge(resolution, options, place, out);
}
