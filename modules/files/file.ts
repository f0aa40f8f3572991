import { dirname, resolve } from 'node:path/posix';
import {
  absolutePath,
  attributeArgs,
  attributeChanges,
  type Change,
  defineModule,
  type FileAttributes,
  type FileMeta,
  hardLinkChanges,
  makeFolders,
  missingAttributes,
  type PathStat,
  type Probe,
  queryScript,
  type Remote,
  readFoundPaths,
  refuseMounts,
  resolveMode,
  runOrThrow,
  SwarmError,
  setAttributes,
  statFile,
  statPaths,
  symbolicLinkChanges,
  z,
} from '../../src/index.ts';

const STATES = ['file', 'directory', 'absent', 'link', 'hard', 'touch'] as const;

const time = z.enum(['now', 'preserve']).optional();

const args = z
  .strictObject({
    path: absolutePath.regex(/^(?:[^/]|\/.)/, 'must be another path than /').describe('Path on the host'),
    state: z.enum(STATES).default('file').describe('file: it must exist already; directory: missing ones above it are made alike'),
    src: z.string().min(1).optional().describe('What a link points to, there or not; with state: hard, an absolute path of a file'),
    force: z.boolean().default(false).describe('With a link: a file or an empty folder that is in its place goes'),
    recurse: z.boolean().default(false).describe('With state: directory, set owner, group and mode of all that is in it'),
    modification_time: time.describe('With state: touch; preserve: a file that exists keeps the time; left out: now'),
    access_time: time.describe('The same for the time of the last read'),
    ...attributeArgs,
  })
  .refine(({ state, src }) => ['link', 'hard'].includes(state) === (src !== undefined), {
    error: 'src is needed with state: link and state: hard, and only with them',
  })
  .refine(({ state, src }) => state !== 'hard' || src?.startsWith('/'), { error: 'src is an absolute path with state: hard' })
  .refine(({ state, force }) => !force || ['link', 'hard'].includes(state), { error: 'force goes with state: link and state: hard' })
  .refine(({ state, modification_time, access_time }) => state === 'touch' || ![modification_time, access_time].includes('now'), {
    error: 'modification_time and access_time are set to now with state: touch alone',
  });

export default defineModule({
  summary: 'Create, change or remove a file, folder or link, with its owner and mode',
  args,
  returns: z.strictObject({ path: z.string(), state: z.enum(STATES) }),
  example: `file:
  path: /var/cache/binpkgs
  state: directory
  mode: "0755"
`,
  async *run(probe, { path, state, src = '', force, recurse, modification_time, access_time, ...wanted }) {
    if (state === 'absent' || state === 'link' || state === 'hard') {
      const [found] = (await statPaths(probe, [{ path }])) as readonly [PathStat];
      if (state === 'absent') {
        if (found.type === 'directory') await refuseMounts(probe, path);
        yield* removeChanges(path, found);
      } else if (state === 'link') {
        yield* symbolicLinkChanges({ path, src, force }, found);
        yield* targetAttributes(probe, path, src, wanted);
      } else yield* hardLinkChanges(probe, { path, src, force }, found);
      return { path, state };
    }
    const { path: target, stat: found } = await statFile(probe, path, NO_HASH);
    if (state === 'directory') {
      yield* directoryChanges(target, found, wanted);
      if (recurse && found.type === 'directory') yield* contentAttributes(probe, target, wanted);
    } else if (state === 'touch' && (found.type === 'absent' || modification_time !== 'preserve' || access_time !== 'preserve')) {
      yield touchChange(target, found, wanted, modification_time === 'preserve' ? '-a' : access_time === 'preserve' ? '-m' : '-am');
    } else {
      requirePath(path, found);
      yield* attributeChanges(target, found, wanted);
    }
    return { path, state };
  },
});

/** No file has this size, so `statFile` hashes none. */
const NO_HASH = -1;

function requirePath(path: string, { type }: PathStat): void {
  if (type !== 'absent') return;
  throw new SwarmError('SW6012', `${path} does not exist`, {
    hint: 'To make an empty file write state: touch. To make one with content use the copy module.',
    lacks: { kind: 'path', name: path },
  });
}

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
  const paths = readFoundPaths(probe, await queryScript(probe, 'find "$1" -mindepth 1 ! -type l -print0', [folder], folder));
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

/** Owner, group and mode of a link are those of what it leads to. */
async function* targetAttributes(probe: Probe, path: string, src: string, wanted: FileAttributes): AsyncGenerator<Change, void, void> {
  if (wanted.mode === undefined && wanted.owner === undefined && wanted.group === undefined) return;
  const { path: target, stat } = await statFile(probe, resolve(dirname(path), src), NO_HASH);
  if (stat.type === 'absent')
    throw new SwarmError('SW6012', `${path} leads to nothing, which can have no owner, group or mode`, {
      hint: 'Leave them out, or make first what it leads to.',
      lacks: { kind: 'path', name: target },
    });
  yield* attributeChanges(target, stat, wanted);
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
