import {
  absolutePath,
  type Change,
  defineModule,
  type Probe,
  queryScript,
  readScript,
  requireProgram,
  runOrThrow,
  runScript,
  SwarmError,
  splitWords,
  statFile,
  z,
} from '../../src/index.ts';

/** The program that makes each file system. The option lets it replace what is there: the module has looked at that before. */
const MAKERS = {
  ext2: ['mkfs.ext2', '-F'],
  ext3: ['mkfs.ext3', '-F'],
  ext4: ['mkfs.ext4', '-F'],
  xfs: ['mkfs.xfs', '-f'],
  btrfs: ['mkfs.btrfs', '-f'],
  f2fs: ['mkfs.f2fs', '-f'],
  vfat: ['mkfs.vfat', '-I'],
  swap: ['mkswap', '-f'],
} as const;

const args = z
  .strictObject({
    dev: absolutePath.describe('Device, or file that holds a file system'),
    fstype: z
      .enum(Object.keys(MAKERS) as (keyof typeof MAKERS)[])
      .optional()
      .describe('File system'),
    state: z
      .enum(['present', 'absent'])
      .default('present')
      .describe('present: it is there; absent: the signatures of a file system are removed'),
    force: z.boolean().default(false).describe('Also where something else is on the device, such as partitions or LUKS, which is lost'),
    opts: z
      .string()
      .regex(/^[^\0]*$/, 'must not contain NUL')
      .default('')
      .describe('More words for the program that makes it: -L data'),
  })
  .refine(({ state, fstype }) => state === 'absent' || fstype !== undefined, { error: 'state: present needs fstype' });

export default defineModule({
  summary: 'Make a file system on a device that has none',
  args,
  returns: z.strictObject({
    dev: z.string(),
    found: z.string().describe('The file system before: ext4; empty where there was none'),
  }),
  argHints: {
    resizefs: 'To let a file system of ext4 grow with its device, write: command: resize2fs /dev/sdb1',
    uuid: 'Write: opts: -U 6a7a1f4c-0d6b-4a3e-9a55-0b6c2a9f5d11',
  },
  example: `filesystem:
  dev: /dev/sdb1
  fstype: ext4
  opts: -L data
`,
  async *run(probe, wanted) {
    const { dev, fstype, state } = wanted;
    if (state === 'present' && fstype !== undefined) await requireProgram(probe, [MAKERS[fstype][0]], fstype);
    const device = await findDevice(probe, wanted);
    if (device === undefined) return { dev, found: '' };
    const [kind, type = 'several kinds'] = await readDevice(probe, device);
    const found = kind === undefined ? '' : type;
    if (found === (state === 'absent' ? '' : fstype)) return { dev, found };
    if (kind !== undefined && !wanted.force && (state === 'present' || kind !== 'fs')) throw occupiedError(dev, kind, found);
    const before = kind === undefined ? '' : `${found}\n`;
    yield state === 'absent' || fstype === undefined
      ? wipeChange(dev, device, before)
      : makeChange(dev, before, fstype, [...MAKERS[fstype], ...splitWords(wanted.opts), device]);
    return { dev, found };
  },
});

/** The path of the device itself. Undefined where it is missing and nothing is to be on it. */
async function findDevice(probe: Probe, { dev, state }: z.output<typeof args>): Promise<string | undefined> {
  const { path, stat } = await statFile(probe, dev);
  if (stat.type === 'file' || stat.type === 'other') return path;
  if (stat.type === 'absent' && state === 'absent') return undefined;
  throw new SwarmError('SW6012', `${dev} is ${stat.type === 'absent' ? 'not there' : 'not a device'}`, {
    hint: 'Correct the path, or make the device in a task before.',
    lacks: { kind: 'path', name: dev },
  });
}

/** What is on the device: `fs`, `table` or `member` and its type, `several`, or nothing. */
async function readDevice(probe: Probe, device: string): Promise<readonly string[]> {
  const text = await queryScript(probe, readScript(import.meta.dirname, 'filesystem-state.sh'), [device], device);
  return text.split('\n')[0]?.split(' ').filter(Boolean) ?? [];
}

function occupiedError(dev: string, kind: string, found: string): SwarmError {
  const what = kind === 'table' ? `a partition table (${found})` : found;
  return new SwarmError('SW6012', `${dev} has ${what}`, { hint: 'What is there would be lost. If that is meant, add: force: true' });
}

const wipeChange = (dev: string, device: string, before: string): Change => ({
  verb: 'delete',
  subject: dev,
  before,
  after: '',
  apply: async (remote) => void (await runScript(remote, readScript(import.meta.dirname, 'filesystem-wipe.sh'), [device], dev)),
});

const makeChange = (dev: string, before: string, fstype: string, argv: readonly [string, ...string[]]): Change => ({
  verb: before === '' ? 'create' : 'update',
  subject: dev,
  before,
  after: `${fstype}\n`,
  apply: async (remote) => void (await runOrThrow(remote, argv, dev)),
});
