import {
  absolutePath,
  type Change,
  compareRequirements,
  defineModule,
  findPip,
  listOutdatedPackages,
  type PipProgram,
  requireProgram,
  runScript,
  splitWords,
  z,
} from '../../src/index.ts';

/** Arguments: FOLDER or "", UMASK or "", PROGRAM WORD... */
const IN_FOLDER = '[ -z "$1" ] || cd -- "$1" || exit; [ -z "$2" ] || umask "$2"; shift 2; exec "$@"';

/** Words of a command: a list, or a text that is split as a shell splits it. */
const wordList = z
  .union([z.string(), z.array(z.string().min(1))])
  .transform((value, { addIssue }): readonly string[] => {
    try {
      return typeof value === 'string' ? splitWords(value) : value;
    } catch {
      addIssue('has a quote that is not closed');
      return [];
    }
  })
  .default([]);

const requirement = z.string().regex(/^(?!-)[^\0\n]*$/, 'must be the name of a package');

const args = z
  .strictObject({
    name: z
      .union([requirement, z.array(requirement)])
      .transform((name) => [name].flat().filter((each) => each.trim() !== ''))
      .default([])
      .describe('Package, or a list of them: requests, "django>=4,<5", git+https://…'),
    version: z
      .string()
      .regex(/^[\w.!+*-]+$/, 'must be a version')
      .optional()
      .describe('Version of the package, where name is one'),
    requirements: absolutePath.optional().describe('File of requirements on the host'),
    virtualenv: absolutePath.optional().describe('Folder of a virtual environment; it is made where it is missing'),
    virtualenv_command: wordList.describe('Program that makes it, with its words; left out: python3 -m venv'),
    virtualenv_python: z
      .string()
      .regex(/^[\w/][\w./-]*$/, 'must be the name or the path of a Python')
      .optional()
      .describe('Python of a new environment'),
    virtualenv_site_packages: z.boolean().default(false).describe('A new environment sees the packages of the host'),
    state: z
      .enum(['present', 'absent', 'latest', 'forcereinstall'])
      .default('present')
      .describe('latest: update them too; forcereinstall: install them anew at each run'),
    executable: z
      .string()
      .regex(/^[\w/][\w./-]*$/, 'must be the name or the path of a program')
      .optional()
      .describe('The pip of another Python: pip3.11'),
    break_system_packages: z.boolean().default(false).describe('Install also where the distribution manages the packages of this Python'),
    editable: z.boolean().default(false).describe('Install from a folder or a repository so that changes there count at once'),
    extra_args: wordList.describe('Further words for pip install: --no-deps'),
    chdir: absolutePath.optional().describe('Folder of the host to run in'),
    umask: z
      .string()
      .regex(/^[0-7]{3,4}$/, 'must be octal digits in quotes')
      .optional()
      .describe('Permissions that new files do not get: "0022"'),
  })
  .refine(({ name, requirements }) => name.length > 0 || requirements !== undefined, { error: 'give name or requirements' })
  .refine(({ name, version }) => version === undefined || (name.length === 1 && /^[\w.-]+(?:\[[\w.,-]+\])?$/.test(name[0] ?? '')), {
    error: 'version needs one name without a version',
  })
  .refine(({ virtualenv, executable }) => virtualenv === undefined || executable === undefined, {
    error: 'executable is for a Python without virtualenv',
  });

type Args = z.output<typeof args>;

export default defineModule({
  summary: 'Install, update or remove packages of Python with pip',
  args,
  returns: z.strictObject({
    changed_packages: z.array(z.string()).describe('Installed, updated or removed; in a check: those that would be'),
    virtualenv: z.string().exactOptional(),
  }),
  freeForm: 'name',
  example: `pip:
  requirements: /srv/app/requirements.txt
  virtualenv: /srv/app/venv
`,
  async *run(probe, given) {
    const { virtualenv, state, requirements } = given;
    const names = given.name.map((each) => (given.version === undefined ? each : `${each}==${given.version}`));
    const result = (changed: readonly string[]) => ({
      changed_packages: [...changed],
      ...(virtualenv === undefined ? {} : { virtualenv }),
    });
    const pip = await findPip(probe, given);
    if (!pip.isThere && virtualenv !== undefined) {
      if (state === 'absent') return result([]);
      const [program = ''] = environmentWords(given, virtualenv);
      if (probe.check && !program.includes('/')) await requireProgram(probe, [program], `virtual environment ${virtualenv}`);
      yield environmentChange(given, virtualenv);
      yield pipChange(given, pip, 'create', [...installWords(given), ...targetWords(given, names)], names);
      return result([...names, ...(requirements === undefined ? [] : [requirements])]);
    }
    const { missing, installed } = await compareRequirements(probe, pip, names, given);
    if (state === 'absent') {
      if (installed.length > 0) yield pipChange(given, pip, 'delete', ['uninstall', '-y', '--', ...installed], installed);
      return result(installed);
    }
    if (state === 'forcereinstall') {
      yield pipChange(given, pip, 'run', [...installWords(given), '--force-reinstall', ...targetWords(given, names)], names);
      return result(names);
    }
    const old = state === 'latest' ? (await listOutdatedPackages(probe, pip)).filter((name) => installed.includes(name)) : [];
    const changed = [...new Set([...missing, ...old])];
    const upgrade = old.length > 0 ? ['--upgrade'] : [];
    if (changed.length > 0)
      yield pipChange(
        given,
        pip,
        missing.length > 0 ? 'create' : 'update',
        [...installWords(given), ...upgrade, ...targetWords(given, names)],
        changed,
      );
    return result(changed);
  },
});

const installWords = ({ break_system_packages, extra_args }: Args): readonly string[] => [
  'install',
  ...(break_system_packages ? ['--break-system-packages'] : []),
  ...extra_args,
];

const targetWords = ({ requirements, editable }: Args, names: readonly string[]): readonly string[] => [
  ...(requirements === undefined ? [] : ['-r', requirements]),
  ...(editable ? names.flatMap((name) => ['-e', name]) : ['--', ...names]),
];

/** The command that makes a virtual environment. */
function environmentWords({ virtualenv_command, virtualenv_python, virtualenv_site_packages }: Args, folder: string): readonly string[] {
  const isVenv = virtualenv_command.length === 0 || virtualenv_command.some((word) => /^(?:venv|pyvenv(?:-[\d.]+)?)$/.test(word));
  const python = virtualenv_python ?? 'python3';
  const program = virtualenv_command.length === 0 ? [python, '-m', 'venv'] : virtualenv_command;
  return [
    ...program,
    ...(isVenv || virtualenv_python === undefined ? [] : ['-p', virtualenv_python]),
    ...(virtualenv_site_packages ? ['--system-site-packages'] : []),
    folder,
  ];
}

function environmentChange(given: Args, folder: string): Change {
  const subject = `virtual environment ${folder}`;
  const words = [given.chdir ?? '', given.umask ?? '', ...environmentWords(given, folder)];
  return { verb: 'create', subject, apply: async (remote) => void (await runScript(remote, IN_FOLDER, words, subject)) };
}

function pipChange(
  { chdir = '', umask = '', requirements }: Args,
  pip: PipProgram,
  verb: Change['verb'],
  argv: readonly string[],
  changed: readonly string[],
): Change {
  const what = changed.length === 0 ? (requirements ?? '') : changed.join(' ');
  return {
    verb,
    subject: `packages ${what} of Python`,
    apply: async (remote) =>
      void (await runScript(remote, IN_FOLDER, [chdir, umask, ...pip.argv, ...argv], 'pip', undefined, readPipFailure)),
  };
}

/** The last error of pip says what is wrong; before it come the steps. */
function readPipFailure(output: string): { readonly text: string; readonly hint?: string } {
  if (output.includes('externally-managed-environment'))
    return {
      text: 'the distribution manages the packages of this Python',
      hint: 'Write virtualenv: with a folder for an environment of its own, or break_system_packages: true.',
    };
  const errors = output.split('\n').filter((line) => line.startsWith('ERROR: '));
  return { text: errors.length === 0 ? output : errors.map((line) => line.slice('ERROR: '.length)).join('\n') };
}
