import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Probe } from '../../core/module.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { parseHostJson } from '../host-json.ts';
import { queryScript } from '../host-script.ts';
import { missingProgramError } from '../missing-program.ts';

/** The pip of one Python. */
export interface PipProgram {
  /** False for a virtual environment that is still to be made. */
  readonly isThere: boolean;
  readonly python: string;
  readonly argv: readonly [string, ...string[]];
}

/** The pip that a task means: of its environment, of the program that it names, or of python3. */
export async function findPip(
  probe: Probe,
  { virtualenv, executable }: { readonly virtualenv?: string | undefined; readonly executable?: string | undefined },
): Promise<PipProgram> {
  const python = virtualenv === undefined ? pythonOf(executable) : `${virtualenv}/bin/python`;
  const isThere =
    virtualenv === undefined || (await queryScript(probe, '[ ! -x "$1" ] || echo yes', [python], virtualenv)).trim() === 'yes';
  return { isThere, python, argv: [python, '-m', 'pip', '--disable-pip-version-check', '--no-input'] };
}

/** `pip3.11` belongs to `python3.11`, `/opt/x/bin/pip` to the Python beside it. */
function pythonOf(executable = 'pip3'): string {
  const [, folder = '', suffix = ''] = /^(.*\/)?pip([\d.]*)$/.exec(executable) ?? [];
  return `${folder}python${suffix === '' ? '3' : suffix}`;
}

/** Which of the requirements the host lacks, and the names of those packages that it has. */
export async function compareRequirements(
  probe: Probe,
  { python }: PipProgram,
  names: readonly string[],
  { requirements, chdir = '' }: { readonly requirements?: string | undefined; readonly chdir?: string | undefined },
): Promise<{ readonly missing: readonly string[]; readonly installed: readonly string[] }> {
  const script = '[ -z "$1" ] || cd -- "$1" || exit; exec "$2" -c "$3"';
  const words = [chdir, python, readProgram('src/sdk/packages/pip-state.py')];
  const text = await queryScript(probe, script, words, 'pip', JSON.stringify({ names, file: requirements ?? null }));
  return parseHostJson(text, 'pip', 'pip') as { readonly missing: readonly string[]; readonly installed: readonly string[] };
}

/** The names of the packages of which pip knows a newer version. */
export async function listOutdatedPackages(probe: Probe, { argv }: PipProgram): Promise<readonly string[]> {
  const { exit, stdout, stderr } = await probe.query({ argv: [...argv, 'list', '--outdated', '--format=json'] });
  if (exit !== 0) throw missingProgramError({ stderr }, 'pip') ?? new SwarmError('SW6012', `pip list: ${stderr.trim().split('\n').at(-1)}`);
  const rows = parseHostJson(stdout, 'pip list --outdated --format=json', 'pip') as readonly { readonly name: string }[];
  return rows.map(({ name }) => name.toLowerCase().replace(/[-_.]+/g, '-'));
}
