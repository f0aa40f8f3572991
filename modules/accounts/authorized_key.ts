import { dirname } from 'node:path/posix';
import {
  absolutePath,
  defineModule,
  editFile,
  joinLines,
  readAccount,
  readScript,
  runScript,
  SwarmError,
  splitLines,
  statPaths,
  withSweepLeftovers,
  z,
} from '../../src/index.ts';

const KEY = /(?:^|\s)((?:ssh-|ecdsa-|sk-)\S+) ([A-Za-z0-9+/]+={0,2})(?:\s|$)/;

/** Type and content of a key: what makes two lines the same key, whatever options and comment they have. */
const keyOf = (line: string): string | undefined => {
  const [, type, blob] = /^\s*#/.test(line) ? [] : (KEY.exec(line) ?? []);
  return type === undefined ? undefined : `${type} ${blob}`;
};

const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line.trim() !== '');

export default defineModule({
  summary: 'Allow or forbid an SSH key for a user',
  args: z.strictObject({
    user: z
      .string()
      .regex(/^[a-z_][a-z0-9_.-]*$/i, 'must be the name of a user')
      .describe('Whose file it is'),
    key: z
      .string()
      .refine(
        (key) => linesOf(key).length > 0 && linesOf(key).every((line) => keyOf(line) !== undefined),
        'must be public keys, one a line',
      )
      .describe('Public key as in a .pub file; with options before it, if it needs them'),
    state: z.enum(['present', 'absent']).default('present').describe('present: the key may log in; absent: it may not'),
    exclusive: z.boolean().default(false).describe('Remove every other key'),
    key_options: z
      .string()
      .regex(/^[^\n]*$/, 'must be one line')
      .optional()
      .describe('Options before each key, in the place of those that it has: from="192.0.2.0/24",no-pty'),
    comment: z
      .string()
      .regex(/^[^\n]*$/, 'must be one line')
      .optional()
      .describe('Comment after each key, in the place of the one that it has'),
    manage_dir: z.boolean().default(true).describe('Make the folder of the file if it does not exist'),
    path: absolutePath.optional().describe('The file; default .ssh/authorized_keys of the user'),
  }),
  returns: z.strictObject({ path: z.string(), keys: z.int().describe('How many keys the file has') }),
  example: `authorized_key:
  user: root
  key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7qG1pZ8mAqYcE3kq3xw1o8vY1b2v7d2mQm1yq7rGdT admin@example.org
`,
  async *run(probe, { user, key, state, exclusive, path, key_options, comment, manage_dir }) {
    const account = await readAccount(probe, user);
    if (account === undefined)
      throw new SwarmError('SW6012', `${probe.host.name} has no user ${user}`, {
        hint: 'Make it first, with the user module.',
        lacks: { kind: 'account', name: user },
      });
    const file = path ?? `${account.home.replace(/\/$/, '')}/.ssh/authorized_keys`;
    const folder = dirname(file);
    const [found] = await statPaths(probe, [{ path: folder }]);
    if (found?.type === 'absent' && state === 'present' && manage_dir) {
      const owners = `${account.uid}:${account.gid}`;
      const make = withSweepLeftovers(readScript(import.meta.dirname, 'authorized_key-folder.sh'));
      yield {
        verb: 'create',
        subject: `${folder}/`,
        apply: async (remote) => void (await runScript(remote, make, [folder, owners], folder)),
      };
    }
    const wanted = linesOf(key).map((line) => withOptions(line, key_options, comment));
    const edit = (text: string): string => editKeys(text, wanted, state === 'absent', exclusive);
    const missing = state === 'present' ? 'create' : 'skip';
    const after = yield* editFile(probe, { path: file, missing, mode: '0600', owner: account.uid, group: account.gid }, edit);
    return { path: file, keys: linesOf(after ?? '').filter((line) => keyOf(line) !== undefined).length };
  },
});

function withOptions(line: string, options: string | undefined, comment: string | undefined): string {
  const [whole = '', type, blob] = KEY.exec(line) ?? [];
  const at = line.indexOf(whole);
  const parts = [options ?? line.slice(0, at).trim(), `${type} ${blob}`, comment ?? line.slice(at + whole.length).trim()];
  return options === undefined && comment === undefined ? line : parts.filter((part) => part !== '').join(' ');
}

function editKeys(text: string, wanted: readonly string[], remove: boolean, exclusive: boolean): string {
  const keys = wanted.map(keyOf);
  const isWanted = (line: string): boolean => keyOf(line) !== undefined && keys.includes(keyOf(line));
  const lines = splitLines(text);
  const kept = remove
    ? lines.filter((line) => !isWanted(line))
    : lines
        .filter((line) => !exclusive || keyOf(line) === undefined || isWanted(line))
        .map((line) => (isWanted(line) ? (wanted[keys.indexOf(keyOf(line))] ?? line) : line));
  const added = remove ? [] : wanted.filter((line) => !kept.some((each) => keyOf(each) === keyOf(line)));
  return joinLines([...kept, ...added]);
}
