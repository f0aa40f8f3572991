import { dirname } from 'node:path';
import { absolutePath, defineModule, editFile, ensureFolder, z } from '../../src/index.ts';

const KEY = /^((?:ssh-|ecdsa-|sk-)\S+) ([A-Za-z0-9+/]+={0,2})(?: .*)?$/;

const args = z
  .strictObject({
    name: z
      .string()
      .regex(/^[^\s\0,|#@]+$/, 'must be one host name, address or [name]:port')
      .describe('Name or address of the other host'),
    key: z.string().regex(KEY, 'must be a type and a key: ssh-ed25519 AAAA…').optional().describe('Type and key, without the name'),
    state: z.enum(['present', 'absent']).default('present').describe('present: the key is known; absent: it is removed'),
    path: absolutePath.default('/etc/ssh/ssh_known_hosts').describe('The file'),
  })
  .refine(({ state, key }) => state === 'absent' || key !== undefined, { error: 'state: present needs key' });

export default defineModule({
  summary: 'Add or remove the SSH host key of another machine in a known_hosts file of the host',
  args,
  returns: z.strictObject({ path: z.string() }),
  example: `known_hosts:
  name: git.example.org
  key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7qG1pZ8mAqYcE3kq3xw1o8vY1b2v7d2mQm1yq7rGdT
`,
  async *run(probe, { name, key, state, path }) {
    const [, type, blob] = KEY.exec(key ?? '') ?? [];
    const wanted = `${name} ${type} ${blob}`;
    if (state === 'present') yield* ensureFolder(probe, dirname(path));
    yield* editFile(probe, { path, missing: state === 'present' ? 'create' : 'skip', mode: '0644' }, (text) => {
      const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
      const isOld = (line: string): boolean => {
        const [names = '', found] = line.split(/\s+/);
        return names === name && (type === undefined || found === type);
      };
      const at = lines.findIndex(isOld);
      const kept = lines.filter((line) => !isOld(line));
      const next = state === 'absent' ? kept : kept.toSpliced(at < 0 ? kept.length : at, 0, wanted);
      return next.map((line) => `${line}\n`).join('');
    });
    return { path };
  },
});
