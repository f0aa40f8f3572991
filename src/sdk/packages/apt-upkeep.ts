import type { Change, Probe } from '../../core/module.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { queryScript, runScript } from '../host-script.ts';

/** What apt does with all packages of a host, beside those that a task names. */
export interface AptUpkeep {
  readonly upgrade: 'no' | 'safe' | 'full';
  readonly purge: boolean;
  readonly autoremove: boolean;
  readonly autoclean: boolean;
  readonly clean: boolean;
}

const script = (): string => readProgram('src/sdk/packages/apt-upkeep.sh');

/** Yields an upgrade of all packages, the removal of what nothing needs, and that of loaded packages, each where there is something to do.
 *  Returns the names of the packages. */
export async function* aptUpkeep(probe: Probe, wanted: AptUpkeep): AsyncGenerator<Change, readonly string[], void> {
  const changed: string[] = [];
  const { upgrade, purge, autoremove, autoclean, clean } = wanted;
  const removal = [...(autoremove ? ['--auto-remove'] : []), ...(purge ? ['--purge'] : [])];
  if (upgrade === 'safe') changed.push(...(yield* planned(probe, 'all packages', ['upgrade', '--with-new-pkgs', ...removal])));
  if (upgrade === 'full') changed.push(...(yield* planned(probe, 'all packages', ['dist-upgrade', ...removal])));
  if (upgrade === 'no' && autoremove)
    changed.push(...(yield* planned(probe, 'packages that nothing needs', ['autoremove', ...(purge ? ['--purge'] : [])])));
  if (autoclean) yield* planned(probe, 'loaded packages that no repository has any more', ['autoclean']);
  if (clean) yield* planned(probe, 'loaded packages', ['clean']);
  return changed;
}

/** The change that apt plans for a command. None where it plans nothing. */
async function* planned(
  probe: Probe,
  subject: string,
  words: readonly [string, ...string[]],
): AsyncGenerator<Change, readonly string[], void> {
  const text = await queryScript(probe, script(), ['plan', ...words], subject);
  const rows = text
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(' '));
  if (rows.length === 0) return [];
  const format = (at: 1 | 2): string => rows.flatMap((row) => (row[at] === '-' ? [] : [`${row[0]} ${row[at]}\n`])).join('');
  yield {
    verb: rows.every((row) => row[2] === '-') ? 'delete' : 'update',
    subject,
    before: format(1),
    after: format(2),
    apply: async (remote) => void (await runScript(remote, script(), ['run', ...words], subject)),
  };
  return rows.map(([name = '']) => name);
}
