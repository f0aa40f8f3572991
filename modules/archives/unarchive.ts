import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path/posix';
import {
  absolutePath,
  attributeArgs,
  defineModule,
  findSource,
  hashSha256,
  type Probe,
  type Remote,
  readScript,
  readSource,
  runOrThrow,
  runScript,
  SwarmError,
  setAttributes,
  statFile,
  statPaths,
  withExactMode,
  withSweepLeftovers,
  withTemporaryFiles,
  z,
} from '../../src/index.ts';

/** What the end of a name tells of how it is packed: as a letter of tar. */
const PACKINGS = [
  [/\.zip$/, 'zip'],
  [/\.(tar\.gz|tgz)$/, 'z'],
  [/\.(tar\.bz2|tbz2)$/, 'j'],
  [/\.(tar\.xz|txz)$/, 'J'],
] as const;

export default defineModule({
  summary: 'Unpack a tar or zip archive on the host; one with paths or links that lead out of it is refused',
  args: z
    .strictObject({
      src: z.string().min(1).describe('Archive on this machine: absolute, or below files/ of the project'),
      dest: absolutePath.describe('Folder on the host; what was unpacked is noted in it, in .swarm-unpacked-NAME'),
      remote_src: z.boolean().default(false).describe('src is a path on the host'),
      creates: absolutePath.optional().describe('Skip where this path exists'),
      strip_components: z.int().min(0).max(10).default(0).describe('How many folders to leave out of the names'),
      include: z
        .array(z.string().regex(/^(?!-)./s, 'must be a name in the archive'))
        .default([])
        .describe('Only these names of the archive'),
      exclude: z
        .array(z.string().regex(/^[^\n]+$/, 'must be one line'))
        .default([])
        .describe('Names of the archive that are left out, with * and ?'),
      extra_opts: z.array(z.string().min(1)).default([]).describe('Further options of tar: ["--transform", "s/^x/y/"]'),
      keep_newer: z.boolean().default(false).describe('Files of the host that are newer than those in the archive stay'),
      list_files: z.boolean().default(false).describe('Return the names of what was in it, as `files`'),
      ...attributeArgs,
    })
    .refine(({ src, extra_opts }) => extra_opts.length === 0 || !/\.zip$/.test(src), {
      error: 'extra_opts are for tar, not for a zip archive',
    }),
  returns: z.strictObject({
    dest: z.string(),
    sha256: z.string().exactOptional().describe('SHA-256 of the archive'),
    files: z.array(z.string()).exactOptional().describe('With list_files: what was unpacked; in a check only where it is there already'),
  }),
  example: `unarchive:
  src: tools.tar.gz
  dest: /opt/tools
`,
  async *run(probe, given) {
    const { src, dest, remote_src, creates, list_files } = given;
    if (creates !== undefined && (await statPaths(probe, [{ path: creates }]))[0]?.type !== 'absent') return { dest };
    const archive = await findArchive(probe, src, remote_src);
    const note = `${dest.replace(/\/$/, '')}/.swarm-unpacked-${basename(src)}`;
    const id = [archive.sha256, ...describeChoice(given)].join(' ');
    const listFiles = (names: readonly string[] | undefined) => (list_files && names !== undefined ? { files: [...names] } : {});
    let unpacked = await readUnpacked(probe, dest, note, id);
    if (unpacked !== undefined) return { dest, sha256: archive.sha256, ...listFiles(unpacked) };
    yield {
      verb: 'update',
      subject: `${dest}/ from ${basename(src)}`,
      ...(list_files ? { unknownInCheck: 'result' } : {}),
      apply: async (remote) => {
        const names = await withArchive(remote, archive, (path) => {
          const script = withSweepLeftovers(withExactMode(readScript(import.meta.dirname, 'unarchive-unpack.sh')));
          return runScript(remote, script, unpackWords(given, path), src);
        });
        const paths = names.split('\n').filter((name) => name !== '');
        unpacked = paths;
        if (given.owner !== undefined || given.group !== undefined) {
          const { owner = '', group = '' } = given;
          await setAttributes(
            remote,
            paths.map((name) => `${dest}/${name}`),
            { ...(owner && { owner }), ...(group && { group }) },
          );
        }
        await remote.write(note, `${id}\n${paths.map((name) => `${name}\n`).join('')}`);
      },
    };
    return { dest, sha256: archive.sha256, ...listFiles(unpacked) };
  },
});

type Args = Readonly<Record<'src' | 'dest', string>> & {
  readonly strip_components: number;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly extra_opts: readonly string[];
  readonly keep_newer: boolean;
  readonly mode?: string | undefined;
};

/** What of the archive is unpacked, where it is not all: another choice unpacks it again. */
function describeChoice({ include, exclude, extra_opts }: Args): readonly string[] {
  if (include.length + exclude.length + extra_opts.length === 0) return [];
  return [hashSha256(JSON.stringify([include, exclude, extra_opts])).slice(0, 16)];
}

function unpackWords({ src, dest, strip_components, mode = '', keep_newer, ...given }: Args, archive: string): readonly string[] {
  const kind = PACKINGS.find(([ending]) => ending.test(src))?.[1] ?? '';
  const excluded = given.exclude.map((name) => name.replace(/^\.?\//, '').replace(/\/$/, ''));
  const words = [String(excluded.length), ...excluded, ...given.extra_opts, ...given.include];
  return [archive, dest, String(strip_components), kind, mode, keep_newer ? 'yes' : 'no', ...words];
}

interface Archive {
  readonly sha256: string;
  /** Set where it is on this machine. */
  readonly content?: Uint8Array;
  /** Set where it is on the host. */
  readonly path?: string;
}

async function findArchive(probe: Probe, src: string, onHost: boolean): Promise<Archive> {
  if (!onHost) {
    const content = await readSource((await findSource(src, probe.paths.files)).path);
    return { content, sha256: createHash('sha256').update(content).digest('hex') };
  }
  const { path, stat } = await statFile(probe, src);
  const lacks = { kind: 'path', name: src } as const;
  if (stat.type !== 'file') throw new SwarmError('SW6012', `${src} is not a file on the host`, { lacks });
  if (stat.sha256 === undefined) throw new SwarmError('SW6012', `${src} cannot be read: permission denied`, { lacks });
  return { path, sha256: stat.sha256 };
}

/** What was in the archive, where the note of the last unpacking names it and all of that is still present. */
async function readUnpacked(probe: Probe, dest: string, note: string, id: string): Promise<readonly string[] | undefined> {
  const bytes = await probe.read(note);
  const [unpacked, ...names] = new TextDecoder().decode(bytes).trimEnd().split('\n');
  if (unpacked !== id) return undefined;
  const stats = await statPaths(
    probe,
    names.map((name) => ({ path: `${dest}/${name}` })),
  );
  return stats.every(({ type }) => type !== 'absent') ? names : undefined;
}

/** Puts an archive of this machine on the host while it is used. */
async function withArchive<T>(remote: Remote, { path, content }: Archive, use: (path: string) => Promise<T>): Promise<T> {
  if (path !== undefined || content === undefined) return use(path ?? '');
  const sent = (
    await runScript(remote, withTemporaryFiles('new_temporary "$PPID" "$1"'), [String(content.byteLength)], 'a temporary file')
  ).trim();
  try {
    await remote.write(sent, content, { mode: '0600' });
    return await use(sent);
  } finally {
    await runOrThrow(remote, ['rm', '-f', '--', sent], dirname(sent));
  }
}
