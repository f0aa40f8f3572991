import { type Change, defineModule, queryScript, readScript, requireProgram, runScript, z } from '../../src/index.ts';

const REMOVE = 'if command -v groupdel >/dev/null; then exec groupdel -- "$1"; fi; exec delgroup "$1"';

export default defineModule({
  summary: 'Create, change or remove a group',
  args: z.strictObject({
    name: z
      .string()
      .regex(/^[a-z_][a-z0-9_.-]{0,31}$/i, 'must be the name of a group')
      .describe('Name of the group'),
    state: z.enum(['present', 'absent']).default('present').describe('present: the group is there; absent: it is removed'),
    gid: z.int().min(0).optional().describe('Number of the group'),
    system: z.boolean().default(false).describe('Of a new group: a group of the system'),
  }),
  returns: z.strictObject({ name: z.string(), state: z.enum(['present', 'absent']) }),
  freeForm: 'name',
  example: `group:
  name: builders
  gid: 990
`,
  async *run(probe, { name, state, gid, system }) {
    const [, , found] = (await queryScript(probe, readScript(import.meta.dirname, 'group-find.sh'), [name], `group ${name}`))
      .trim()
      .split(':');
    const change = (verb: Change['verb'], script: string, words: readonly string[]): Change => ({
      verb,
      subject: `group ${name}`,
      ...(found === undefined ? {} : { before: `gid ${found}\n` }),
      after: verb === 'delete' ? '' : `gid ${gid ?? 'the next free one'}\n`,
      apply: async (remote) => void (await runScript(remote, script, words, `group ${name}`)),
    });
    if (state === 'absent' && found !== undefined) {
      await requireProgram(probe, ['groupdel', 'delgroup'], `group ${name}`);
      yield change('delete', REMOVE, [name]);
    }
    if (state === 'present' && found === undefined) {
      await requireProgram(probe, ['groupadd', 'addgroup'], `group ${name}`);
      yield change('create', readScript(import.meta.dirname, 'group-add.sh'), [name, String(gid ?? ''), system ? 'r' : '']);
    }
    if (state === 'present' && found !== undefined && gid !== undefined && found !== String(gid)) {
      await requireProgram(probe, ['groupmod'], `group ${name}`);
      yield change('update', 'exec groupmod -g "$2" -- "$1"', [name, String(gid)]);
    }
    return { name, state };
  },
});
