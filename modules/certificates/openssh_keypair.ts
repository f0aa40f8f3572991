import {
  absolutePath,
  attributeArgs,
  attributeChanges,
  contentChanges,
  defineModule,
  type FileAttributes,
  type FoundKey,
  isNewKeyMade,
  keyChoiceArgs,
  type PathStat,
  type Probe,
  queryScript,
  readScript,
  removeFile,
  requireFileOrAbsence,
  runScript,
  setAttributes,
  statPaths,
  z,
} from '../../src/index.ts';

const args = z
  .strictObject({
    path: absolutePath.describe('File of the private key; the public one is beside it, with .pub after its name'),
    state: z.enum(['present', 'absent']).default('present').describe('present: the key is there; absent: both files are removed'),
    type: z.enum(['rsa', 'ed25519', 'ecdsa']).default('rsa').describe('Type of the key'),
    size: z
      .int()
      .min(256)
      .max(16_384)
      .optional()
      .describe('Bits; left out: 4096 for rsa, 256 for ecdsa. A key of ed25519 has no other size'),
    comment: z
      .string()
      .regex(/^[^\0\n]*$/, 'must be one line')
      .optional()
      .describe('Comment in the public file; left out: a new key has none, another one stays'),
    ...keyChoiceArgs,
    ...attributeArgs,
  })
  .refine(({ type, size }) => type !== 'ecdsa' || size === undefined || [256, 384, 521].includes(size), {
    error: 'a key of ecdsa has 256, 384 or 521 bits',
    path: ['size'],
  });

type Wanted = z.output<typeof args>;

interface SshKey {
  /** TYPE and KEY in base64. */
  readonly bare: string;
  readonly size: number;
  readonly type: string;
  readonly fingerprint: string;
  /** What the public file has. */
  readonly file: string | undefined;
}

export default defineModule({
  summary: 'Make a key of SSH where the host does not have it; the private part never leaves the host',
  args,
  returns: z.strictObject({
    filename: z.string().describe('File of the private key'),
    type: z.string(),
    size: z.int(),
    comment: z.string().exactOptional(),
    fingerprint: z.string().exactOptional().describe('Not in a check that would make the key'),
    public_key: z.string().exactOptional().describe('The public part, in one line; not in a check that would make the key'),
  }),
  argHints: { passphrase: 'swarm makes keys without a passphrase, for programs. To set one, run on the host: ssh-keygen -p -f FILE' },
  example: `openssh_keypair:
  path: /etc/ssh/ssh_host_ed25519_key
  type: ed25519
`,
  async *run(probe, wanted) {
    const { path, state, type } = wanted;
    const [key, pub] = (await statPaths(probe, [{ path }, { path: `${path}.pub`, size: 'any' }])) as [PathStat, PathStat];
    const size = type === 'ed25519' ? 256 : (wanted.size ?? (type === 'rsa' ? 4096 : 256));
    if (state === 'absent') {
      for (const [stat, each] of [[key, path] as const, [pub, `${path}.pub`] as const]) if (stat.type !== 'absent') yield removeFile(each);
      return { filename: path, type, size };
    }
    await requireFileOrAbsence(probe, path, `${path}.pub`);
    const found = await readKey(probe, path);
    const differs = (old: SshKey): string | undefined =>
      old.type !== type || old.size !== size ? `the key is ${old.type} of ${old.size} bits, not ${type} of ${size}` : undefined;
    if (isNewKeyMade(wanted, found, differs)) {
      let made: SshKey | undefined;
      const before = found === undefined ? '' : 'broken' in found ? `${found.broken}\n` : `${found.type} ${found.size}\n`;
      yield {
        verb: found === undefined ? 'create' : 'update',
        subject: path,
        before,
        after: `${type} ${size}\n`,
        apply: async (remote) => {
          made = parseKey(
            await runScript(remote, readScript(import.meta.dirname, 'openssh_keypair-make.sh'), makeWords(wanted, size), path),
          );
          await setAttributes(remote, path, ownerAndMode(wanted));
          await setAttributes(remote, `${path}.pub`, ownerOf(wanted));
        },
      };
      return describe(path, made ?? { type, size }, wanted.comment ?? '');
    }
    const kept = found as SshKey;
    const [bare, comment] = splitPublic(kept.file ?? '');
    const wantedComment = wanted.comment ?? (bare === kept.bare ? comment : '');
    if (bare !== kept.bare || comment !== wantedComment)
      yield* contentChanges(
        probe,
        { path: `${path}.pub`, content: `${joinPublic(kept.bare, wantedComment)}\n`, mode: '0644', ...ownerOf(wanted) },
        pub,
      );
    else yield* attributeChanges(`${path}.pub`, pub, ownerOf(wanted));
    yield* attributeChanges(path, key, wanted);
    return describe(path, kept, wantedComment);
  },
});

const makeWords = ({ path, type, comment = '' }: Wanted, size: number): readonly string[] => [
  path,
  type,
  type === 'ed25519' ? '' : String(size),
  comment,
];

const ownerOf = ({ owner, group }: FileAttributes) => ({ ...(owner !== undefined && { owner }), ...(group !== undefined && { group }) });
const ownerAndMode = (wanted: FileAttributes) => ({ mode: wanted.mode ?? '0600', ...ownerOf(wanted) });

async function readKey(probe: Probe, path: string): Promise<FoundKey<SshKey>> {
  const text = await queryScript(probe, readScript(import.meta.dirname, 'openssh_keypair-state.sh'), [path], path);
  const [state = '', ...lines] = text.split('\n');
  if (state === 'absent') return undefined;
  return state === 'key' ? parseKey(lines.join('\n')) : { broken: 'the key has a passphrase, or is not a private key of SSH' };
}

/** The public part, then `256 SHA256:DIGEST COMMENT (ED25519)`, then the public file where there is one. */
function parseKey(text: string): SshKey {
  const [line = '', about = '', file] = text.split('\n');
  const [size = '', fingerprint = ''] = about.split(' ');
  const type = (/\((\w+)\)$/.exec(about)?.[1] ?? '').toLowerCase();
  return { bare: splitPublic(line)[0], size: Number(size), type, fingerprint, file: file || undefined };
}

const splitPublic = (line: string): readonly [bare: string, comment: string] => {
  const [type = '', key = '', ...comment] = line.trim().split(' ');
  return [`${type} ${key}`, comment.join(' ')];
};

const joinPublic = (bare: string, comment: string): string => (comment === '' ? bare : `${bare} ${comment}`);

const describe = (path: string, key: SshKey | Pick<SshKey, 'type' | 'size'>, comment: string) => ({
  filename: path,
  type: key.type,
  size: key.size,
  comment,
  ...('bare' in key ? { fingerprint: key.fingerprint, public_key: joinPublic(key.bare, comment) } : {}),
});
