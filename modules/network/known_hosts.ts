import { createHash, createHmac } from 'node:crypto';
import { dirname } from 'node:path';
import { absolutePath, defineModule, editFile, ensureFolder, joinLines, splitLines, z } from '../../src/index.ts';

const KEY = /^((?:ssh-|ecdsa-|sk-)\S+) ([A-Za-z0-9+/]+={0,2})(?: .*)?$/;

/** The name as ssh hashes it: the salt, and a hash of the name by it. */
const hashName = (name: string, salt: Buffer): string =>
  `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;

function isNamed(names: string, name: string): boolean {
  const [, salt] = /^\|1\|([^|]+)\|/.exec(names) ?? [];
  return names === (salt === undefined ? name : hashName(name, Buffer.from(salt, 'base64')));
}

const args = z
  .strictObject({
    name: z
      .string()
      .regex(/^[^\s\0,|#@]+$/, 'must be one host name, address or [name]:port')
      .describe('Name or address of the other host'),
    key: z.string().regex(KEY, 'must be a type and a key: ssh-ed25519 AAAA…').optional().describe('Type and key, without the name'),
    state: z.enum(['present', 'absent']).default('present').describe('present: the key is known; absent: it is removed'),
    hash_host: z.boolean().default(false).describe('Write the name as a hash, as HashKnownHosts of ssh does'),
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
  async *run(probe, { name, key, state, path, hash_host }) {
    const [, type, blob] = KEY.exec(key ?? '') ?? [];
    const salt = createHash('sha1').update(`${probe.host.name} ${path} ${name} ${blob}`).digest();
    const wanted = `${hash_host ? hashName(name, salt) : name} ${type} ${blob}`;
    if (state === 'present') yield* ensureFolder(probe, dirname(path));
    yield* editFile(probe, { path, missing: state === 'present' ? 'create' : 'skip', mode: '0644' }, (text) => {
      const lines = splitLines(text);
      const isOld = (line: string): boolean => {
        const [names = '', found] = line.split(/\s+/);
        return isNamed(names, name) && (type === undefined || found === type);
      };
      const isRight = (line: string): boolean => isOld(line) && line.split(/\s+/)[2] === blob && (line.startsWith('|') || !hash_host);
      if (state === 'present' && lines.filter(isOld).length === 1 && lines.some(isRight)) return text;
      const at = lines.findIndex(isOld);
      const kept = lines.filter((line) => !isOld(line));
      const next = state === 'absent' ? kept : kept.toSpliced(at < 0 ? kept.length : at, 0, wanted);
      return joinLines(next);
    });
    return { path };
  },
});
