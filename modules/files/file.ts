import {
  attributeArgs,
  attributeChanges,
  type Change,
  defineModule,
  type FileAttributes,
  type FileMeta,
  makeFolders,
  missingAttributes,
  type PathStat,
  type Probe,
  queryScript,
  type Remote,
  refuseMounts,
  resolveMode,
  runOrThrow,
  SwarmError,
  setAttributes,
  statPaths,
  z,
} from '../../src/index.ts';

const time = z.enum(['now', 'preserve']).optional();

const args = z
  .strictObject({
    path: z.string().regex(/^\/./, 'must be an absolute path other than /').describe('Path on the host'),
    state: z
      .enum(['file', 'directory', 'absent', 'link', 'touch'])
      .default('file')
      .describe('file: it must exist already; directory: missing ones above it are made alike'),
    src: z.string().min(1).optional().describe('What a link points to'),
    recurse: z.boolean().default(false).describe('With state: directory, set owner, group and mode of all that is in it'),
    modification_time: time.describe('With state: touch; preserve: a file that exists keeps the time; left out: now'),
    access_time: time.describe('The same for the time of the last read'),
    ...attributeArgs,
  })
  .refine(({ state, src }) => (state === 'link') === (src !== undefined), { error: 'src is needed with state: link, and only with it' })
  .refine(({ state, modification_time, access_time }) => state === 'touch' || ![modification_time, access_time].includes('now'), {
    error: 'modification_time and access_time are set to now with state: touch alone',
  });

export default defineModule({
  summary: 'Create, change or remove a file, folder or link, with its owner and mode',
  args,
  returns: z.strictObject({ path: z.string(), state: z.enum(['file', 'directory', 'absent', 'link', 'touch']) }),
  example: `file:
  path: /var/cache/binpkgs
  state: directory
  mode: "0755"
`,
  async *run(probe, { path, state, src, recurse, modification_time, access_time, ...wanted }) {
    const [found] = (await statPaths(probe, [{ path }])) as readonly [PathStat];
    switch (state) {
      case 'absent':
        if (found.type === 'directory') await refuseMounts(probe, path);
        yield* removeChanges(path, found);
        break;
      case 'directory':
        yield* directoryChanges(path, found, wanted);
        if (recurse && found.type === 'directory') yield* contentAttributes(probe, path, wanted);
        break;
      case 'link':
        yield* linkChanges(path, found, src as string);
        break;
      case 'touch':
        if (found.type !== 'absent' && modification_time === 'preserve' && access_time === 'preserve')
          yield* attributeChanges(path, found, wanted);
        else yield touchChange(path, found, wanted, modification_time === 'preserve' ? '-a' : access_time === 'preserve' ? '-m' : '-am');
        break;
      case 'file':
        if (found.type === 'absent') {
          throw new SwarmError('SW6012', `${path} does not exist`, {
            hint: 'To make an empty file write state: touch. To make one with content use the copy module.',
            lacks: { kind: 'path', name: path },
          });
        }
        yield* attributeChanges(path, found, wanted);
        break;
      default:
        state satisfies never;
    }
    return { path, state };
  },
});

function* removeChanges(path: string, current: PathStat): Generator<Change, void, void> {
  if (current.type === 'absent') return;
  yield {
    verb: 'delete',
    subject: path,
    before: `${current.type}\n`,
    apply: async (remote) => void (await runOrThrow(remote, ['rm', '-rf', '--', path], path)),
  };
}

/** A folder that is made, and each one above it that is missing, get the attributes: as in Ansible. */
function* directoryChanges(path: string, current: PathStat, wanted: FileAttributes): Generator<Change, void, void> {
  if (current.type === 'directory') return yield* attributeChanges(path, current, wanted);
  if (current.type !== 'absent')
    throw new SwarmError('SW6012', `${path} is a ${current.type === 'other' ? 'special file' : current.type} on the host, not a folder`);
  yield {
    verb: 'create',
    subject: `${path.replace(/\/$/, '')}/`,
    apply: async (remote) => {
      const missing = await makeFolders(remote, [path.replace(/(?<=.)\/+$/, '')], {}, path);
      await setWantedAttributes(remote, missing, wanted, '0755');
    },
  };
}

/** All that differs below a folder in one change. Links are left as they are. */
async function* contentAttributes(probe: Probe, folder: string, wanted: FileAttributes): AsyncGenerator<Change, void, void> {
  const listed = await queryScript(probe, 'find "$1" -mindepth 1 ! -type l', [folder], folder);
  const paths = listed.split('\n').filter((path) => path.startsWith('/'));
  const stats = await statPaths(
    probe,
    paths.map((path) => ({ path })),
  );
  const pathsOf = new Map<string, string[]>();
  for (const [at, stat] of stats.entries()) {
    const missing = JSON.stringify(stat.type === 'absent' ? {} : missingAttributes(stat, wanted));
    if (missing !== '{}') pathsOf.set(missing, [...(pathsOf.get(missing) ?? []), paths[at] ?? '']);
  }
  if (pathsOf.size === 0) return;
  yield {
    verb: 'update',
    subject: `${folder}/ and what is in it`,
    after: [...pathsOf].map(([meta, each]) => each.map((path) => `${path} ${meta}\n`).join('')).join(''),
    apply: async (remote) => {
      for (const [meta, each] of pathsOf) await setAttributes(remote, each, JSON.parse(meta) as FileMeta);
    },
  };
}

function* linkChanges(path: string, current: PathStat, target: string): Generator<Change, void, void> {
  if (current.type === 'link' && current.target === target) return;
  if (current.type === 'directory')
    throw new SwarmError('SW6012', `${path} is a folder on the host, not a link`, { hint: 'Remove it first, with state: absent.' });
  if (current.type === 'other')
    throw new SwarmError('SW6012', `${path} is a special file on the host, not a link`, { hint: 'Remove it first, with state: absent.' });
  yield {
    verb: current.type === 'absent' ? 'create' : 'update',
    subject: path,
    ...(current.type === 'link' ? { before: `${current.target}\n` } : {}),
    after: `${target}\n`,
    apply: async (remote) => void (await runOrThrow(remote, ['ln', '-sfn', '--', target, path], path)),
  };
}

/** Its time is set anew on each run, as touch(1) does. */
function touchChange(path: string, current: PathStat, wanted: FileAttributes, times: '-a' | '-m' | '-am'): Change {
  return {
    verb: current.type === 'absent' ? 'create' : 'run',
    subject: path,
    apply: async (remote) => {
      await runOrThrow(remote, ['/bin/sh', '-c', 'umask 022; exec touch "$1" -- "$2"', 'sh', times, path], path);
      await setWantedAttributes(remote, path, wanted, current.mode || '0644');
    },
  };
}

/** `current` is the mode that a symbolic one starts from. */
async function setWantedAttributes(
  remote: Remote,
  path: string | readonly string[],
  { mode, owner, group }: FileAttributes,
  current: string,
): Promise<void> {
  const resolved = mode === undefined ? undefined : resolveMode(mode, current, current === '0755');
  const meta: FileMeta = { ...(resolved ? { mode: resolved } : {}), ...(owner ? { owner } : {}), ...(group ? { group } : {}) };
  await setAttributes(remote, path, meta);
}
