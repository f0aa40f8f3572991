import { absolutePath, defineModule, joinLines, queryScript, readScript, runOrThrow, z } from '../../src/index.ts';

const args = z
  .strictObject({
    path: absolutePath.describe('File or folder on the host'),
    state: z.enum(['present', 'absent', 'query']).default('present').describe('query: only read the entries'),
    etype: z.enum(['user', 'group', 'mask', 'other']).optional().describe('Kind of the entry'),
    entity: z
      .string()
      .regex(/^[^\s:,\0]*$/, 'must be the name or number of a user or group')
      .default('')
      .describe('User or group, by name or number; empty: the owner, or the group of the file'),
    permissions: z
      .string()
      .regex(/^(?:[rwxX-]{1,4}|[0-7])$/, 'must be letters of r, w, x and X, or a digit from 0 to 7')
      .optional()
      .describe('What they may do: rX'),
    default: z.boolean().default(false).describe('The entry that new files in a folder get'),
    recursive: z.boolean().default(false).describe('Also of all that is in a folder'),
    follow: z.boolean().default(true).describe('false: leave what a symbolic link leads to'),
    recalculate_mask: z
      .enum(['default', 'mask', 'no_mask'])
      .default('default')
      .describe('mask: always compute the mask anew; no_mask: never'),
  })
  .refine(({ state, etype }) => state === 'query' || etype !== undefined, { error: 'state: present and state: absent need etype' })
  .refine(({ state, permissions }) => state !== 'present' || permissions !== undefined, { error: 'state: present needs permissions' })
  .refine(({ state, permissions }) => state !== 'absent' || permissions === undefined, {
    error: 'state: absent removes the entry with all its permissions: leave them out',
  });

export default defineModule({
  summary: 'Give a user or group rights to a file by its access control list, or take them away, with setfacl',
  args,
  returns: z.strictObject({ path: z.string(), acl: z.array(z.string()).describe('The entries before the change') }),
  example: `acl:
  path: /srv/www
  etype: user
  entity: nginx
  permissions: rX
`,
  async *run(probe, { path, state, etype, entity, permissions, default: isDefault, recursive, follow, recalculate_mask: mask }) {
    const subject = `access control list of ${path}`;
    const entry = [isDefault ? 'default' : [], etype ?? [], entity, permissions ?? []].flat().join(':');
    const change = state === 'absent' ? ['-x', entry] : ['-m', entry];
    const options = [...change, ...(mask === 'default' ? [] : [mask === 'mask' ? '--mask' : '--no-mask'])];
    const words = [path, follow ? '' : 'p', recursive ? 'r' : '', ...(state === 'query' ? [] : options)];
    const text = await queryScript(probe, readScript(import.meta.dirname, 'acl-test.sh'), words, subject);
    const acl = text.split('\n').filter((line) => line !== '' && line !== 'differs');
    if (/^differs$/m.test(text))
      yield {
        verb: 'update',
        subject,
        before: joinLines(acl),
        after: joinLines([...acl.filter((line) => !line.startsWith(entryName(entry))), ...(state === 'absent' ? [] : [entry])]),
        apply: async (remote) => {
          const flags = [...(follow ? [] : ['--physical']), ...(recursive ? ['--recursive'] : [])];
          await runOrThrow(remote, ['setfacl', ...flags, ...options, '--', path], subject);
        },
      };
    return { path, acl };
  },
});

/** `user:web:` of `user:web:rX`. */
const entryName = (entry: string): string => `${/^(?:default:)?[a-z]+:[^:]*/.exec(entry)?.[0] ?? entry}:`;
