import { isDeepStrictEqual } from 'node:util';
import { absolutePath, defineModule, joinLines, type Probe, queryScript, readScript, runScript, z } from '../../src/index.ts';

const args = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9-]+\.(?:[^\n\0]+\.)?[A-Za-z][A-Za-z0-9-]*$/, 'must be a section and a name: user.email')
      .describe('Name of the setting: core.editor'),
    value: z
      .union([z.string().regex(/^[^\0]*$/, 'must not contain NUL'), z.boolean(), z.int()])
      .transform(String)
      .optional()
      .describe('Its value'),
    state: z.enum(['present', 'absent']).default('present').describe('present: it has the value; absent: it is removed'),
    scope: z
      .enum(['system', 'global', 'local', 'file'])
      .optional()
      .describe('system: of the host; global: of the user; local: of a repository; left out: local with repo, file with file, else system'),
    repo: absolutePath.optional().describe('Repository, with scope: local'),
    file: absolutePath.optional().describe('File of the setting, with scope: file'),
    add_mode: z
      .enum(['replace-all', 'add'])
      .default('replace-all')
      .describe('replace-all: it has this value alone; add: it has this one too'),
  })
  .refine(({ state, value }) => (state === 'present') === (value !== undefined), {
    error: 'state: present needs value, and state: absent takes none',
  })
  .refine(({ scope, repo }) => (scope === undefined && repo === undefined) || (scope ?? 'local') !== 'local' || repo !== undefined, {
    error: 'scope: local needs repo',
  })
  .refine(({ scope, file }) => scope !== 'file' || file !== undefined, { error: 'scope: file needs file' })
  .refine(({ repo, file }) => repo === undefined || file === undefined, { error: 'takes repo or file' });

export default defineModule({
  summary: 'Keep a setting of Git for the host, a user, a repository or a file',
  args,
  returns: z.strictObject({ name: z.string(), values: z.array(z.string()).describe('The values before the change') }),
  example: `git_config:
  name: safe.directory
  value: /var/db/repos/gentoo
  add_mode: add
`,
  async *run(probe, given) {
    const { name, value, add_mode } = given;
    const subject = `${name} of Git`;
    const where = placeWords(given);
    const values = await readValues(probe, name, where);
    const after = valuesAfter(values, given);
    if (isDeepStrictEqual(values, after)) return { name, values };
    const action = value === undefined ? ['--unset-all', '--', name] : [`--${add_mode}`, '--', name, value];
    yield {
      verb: value === undefined ? 'delete' : values.length === 0 ? 'create' : 'update',
      subject,
      before: joinLines(values),
      after: joinLines(after),
      apply: async (remote) => {
        await runScript(remote, readScript(import.meta.dirname, 'git_config-write.sh'), [given.file ?? '', ...where, ...action], subject);
      },
    };
    return { name, values };
  },
});

/** The values that the setting is to have. */
function valuesAfter(values: string[], { value, add_mode }: z.output<typeof args>): string[] {
  if (value === undefined) return [];
  if (add_mode === 'replace-all') return [value];
  return values.includes(value) ? values : [...values, value];
}

/** The words of git that say which settings are meant. Those of a repository are never meant by chance: git runs in /. */
function placeWords({ scope, repo, file }: z.output<typeof args>): readonly string[] {
  const chosen = scope ?? (repo !== undefined ? 'local' : file !== undefined ? 'file' : 'system');
  return ['-C', chosen === 'local' ? (repo ?? '/') : '/', 'config', ...(chosen === 'file' ? [`--file=${file}`] : [`--${chosen}`])];
}

async function readValues(probe: Probe, name: string, where: readonly string[]): Promise<string[]> {
  const text = await queryScript(probe, readScript(import.meta.dirname, 'git_config-read.sh'), [name, ...where], `${name} of Git`);
  return text.split('\0').slice(0, -1);
}
