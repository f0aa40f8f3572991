import { z } from 'zod';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Change, Probe } from '../../core/module.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { queryScript } from '../host-script.ts';
import { requireProgram } from '../missing-program.ts';
import { runOrThrow } from '../run-or-throw.ts';
import { PACKAGE_MANAGERS, type PackageCommand, type PackageManagerName } from './find-package-manager.ts';

const packageName = z.string().regex(/^(?:[A-Za-z0-9@][\w.+:@/~*-]*(?:=[\w.+:~*-]+)?)?$/, 'must be the name of a package');

/** The arguments of a module that installs packages. */
export const packageArgs = {
  name: z
    .union([packageName, z.array(packageName)])
    .transform((name) => [name].flat().filter((each) => each !== ''))
    .optional()
    .describe('Package, or a list of them'),
  state: z
    .enum(['present', 'absent', 'latest'])
    .default('present')
    .describe('latest: install it, and update it where there is a newer version'),
  update_cache: z.boolean().default(false).describe('Load the lists of packages first'),
  allow_downgrade: z.boolean().default(false).describe('Apt: an older version may replace a newer one'),
};

/** For `refine` of a module that installs packages: whether the arguments ask for anything. An empty list of packages does. */
export const asksForPackages = ({ name, update_cache }: { readonly name?: unknown; readonly update_cache: boolean }): boolean =>
  name !== undefined || update_cache;

/** What is said where they do not. */
export const NO_PACKAGES = { error: 'give name, or update_cache: true' };

/** What a module that installs packages registers. */
export const packageReturns = z.strictObject({
  manager: z.string().describe('The package manager that was used'),
  changed_packages: z.array(z.string()).readonly().describe('Installed, updated or removed; in a check: those that would be'),
});

/** The packages of a task. */
export interface PackageRequest {
  readonly name?: readonly string[] | undefined;
  readonly state: 'present' | 'absent' | 'latest';
  readonly update_cache: boolean;
  /** The task has more to do than to load the lists, also where it names no packages. */
  readonly hasOtherWork?: boolean;
  /** Words of the package manager itself: before install and upgrade, and before remove. */
  readonly allow_downgrade?: boolean;
  readonly installOptions?: readonly string[];
  readonly removeOptions?: readonly string[];
  /** Debian: what /usr/sbin/policy-rc.d answers while packages are installed; 101: no service starts. */
  readonly serviceExit?: number;
}

/** Yields the change that installs, updates or removes what differs. All packages go into one call. */
export async function* packageChanges(
  probe: Probe,
  manager: PackageManagerName,
  request: PackageRequest,
): AsyncGenerator<Change, z.output<typeof packageReturns>, void> {
  const { name = [], state, update_cache, removeOptions = [] } = request;
  const { program, update, ...calls } = PACKAGE_MANAGERS[manager];
  const install = installCommand(manager, 'install', request);
  const upgrade = installCommand(manager, 'upgrade', request);
  const remove = withOptions(calls.remove, removeOptions);
  if (update_cache) {
    await requireProgram(probe, [program], manager);
    const asksForNewest = state === 'latest' || request.hasOtherWork === true; // what is new, only the new lists tell
    const isPreparation = name.length > 0 || request.hasOtherWork === true;
    const change = commandChange('run', `lists of packages (${manager})`, update);
    if (!isPreparation) yield change;
    else yield probe.check && asksForNewest ? { ...change, unknownInCheck: 'outcome' } : { ...change, isPreparation };
  }
  if (name.length === 0) return { manager, changed_packages: [] };
  const script = readProgram('src/sdk/packages/package-state.sh');
  const text = await queryScript(probe, script, [program, state === 'latest' ? 'yes' : 'no', ...name], manager);
  const rows = text
    .split('\n')
    .map((line) => line.split(' '))
    .filter((row) => row.length === 3);
  const missing = rows.filter(([, installed]) => installed === '-').map(([each = '']) => each);
  const present = rows.filter(([, installed]) => installed !== '-');
  const old = state === 'latest' ? present.filter(([, installed, newest]) => newest !== '-' && newest !== installed) : [];
  if (state === 'absent') {
    const names = present.map(([each = '']) => each);
    if (names.length > 0) yield commandChange('delete', `packages ${names.join(' ')}`, [...remove, ...names], formatRows(present), '');
    return { manager, changed_packages: names };
  }
  // with update_cache the run would load newer lists first
  if (missing.length > 0 && probe.check && !update_cache) await assertKnown(probe, program, installOptionsOf(manager, request), missing);
  if (missing.length > 0)
    yield commandChange('create', `packages ${missing.join(' ')}`, [...install, ...missing], '', `${missing.join('\n')}\n`);
  const names = old.map(([each = '']) => each);
  const after = old.map(([each, , newest]) => `${each} ${newest}\n`).join('');
  if (names.length > 0) yield commandChange('update', `packages ${names.join(' ')}`, [...upgrade, ...names], formatRows(old), after);
  return { manager, changed_packages: [...missing, ...names] };
}

/** The command that installs or upgrades what follows it. */
export function installCommand(manager: PackageManagerName, step: 'install' | 'upgrade', request: PackageRequest): PackageCommand {
  const { serviceExit } = request;
  const [program, ...words] = withOptions(PACKAGE_MANAGERS[manager][step], installOptionsOf(manager, request));
  if (serviceExit === undefined) return [program, ...words];
  return ['sh', '-c', readProgram('src/sdk/packages/policy-rc.sh'), 'sh', String(serviceExit), program, ...words];
}

const installOptionsOf = (
  manager: PackageManagerName,
  { allow_downgrade = false, installOptions = [] }: PackageRequest,
): readonly string[] => [...(allow_downgrade && manager === 'apt' ? ['--allow-downgrades'] : []), ...installOptions];

/** In a check: throws SW6012 where the lists of the host say that a package cannot be installed. */
async function assertKnown(probe: Probe, program: string, options: readonly string[], names: readonly string[]): Promise<void> {
  const script = readProgram('src/sdk/packages/package-known.sh');
  const words = [program, String(options.length), ...options, '--', ...names];
  const [why] = (await queryScript(probe, script, words, program)).split('\n');
  if (!why) return;
  throw new SwarmError('SW6012', `packages ${names.join(' ')}: ${why}`, {
    hint: 'Correct the name, or add the repository that has it. For newer lists write update_cache: true.',
    lacks: { kind: 'package', name: names.join(' ') },
  });
}

/** The words go before the `--` that the names follow. */
const withOptions = (argv: PackageCommand, options: readonly string[]): PackageCommand => {
  const [program, ...words] = argv;
  return [program, ...words.slice(0, -1), ...options, '--'];
};

const formatRows = (rows: readonly (readonly string[])[]): string => rows.map(([name, installed]) => `${name} ${installed}\n`).join('');

/** No package manager may ask a question: the host has no terminal for it. */
function commandChange(verb: Change['verb'], subject: string, argv: PackageCommand, before?: string, after?: string): Change {
  return {
    verb,
    subject,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    apply: async (remote) => void (await runOrThrow(remote, ['env', 'DEBIAN_FRONTEND=noninteractive', 'LC_ALL=C', ...argv], subject)),
  };
}
