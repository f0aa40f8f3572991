import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path/posix';
import {
  absolutePath,
  attributeArgs,
  defineModule,
  findSource,
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
  z,
} from '../../src/index.ts';

const { owner, group } = attributeArgs;

/** What the end of a name tells of how it is packed: as a letter of tar. */
const PACKINGS = [
  [/\.zip$/, 'zip'],
  [/\.(tar\.gz|tgz)$/, 'z'],
  [/\.(tar\.bz2|tbz2)$/, 'j'],
  [/\.(tar\.xz|txz)$/, 'J'],
] as const;

export default defineModule({
  summary: 'Unpack a tar or zip archive on the host; one with paths or links that lead out of it is refused',
  args: z.strictObject({
    src: z.string().min(1).describe('Archive on this machine: absolute, or below files/ of the project'),
    dest: absolutePath.describe('Folder on the host'),
    remote_src: z.boolean().default(false).describe('src is a path on the host'),
    creates: absolutePath.optional().describe('Skip where this path exists'),
    strip_components: z.int().min(0).max(10).default(0).describe('How many folders to leave out of the names'),
    owner,
    group,
  }),
  returns: z.strictObject({ dest: z.string(), sha256: z.string().exactOptional().describe('SHA-256 of the archive') }),
  example: `unarchive:
  src: tools.tar.gz
  dest: /opt/tools
`,
  async *run(probe, { src, dest, remote_src, creates, strip_components, ...owners }) {
    if (creates !== undefined && (await statPaths(probe, [{ path: creates }]))[0]?.type !== 'absent') return { dest };
    const archive = await findArchive(probe, src, remote_src);
    const note = `${dest.replace(/\/$/, '')}/.swarm-unpacked-${basename(src)}`;
    if (await isUnpacked(probe, dest, note, archive.sha256)) return { dest, sha256: archive.sha256 };
    yield {
      verb: 'update',
      subject: `${dest}/ from ${basename(src)}`,
      apply: async (remote) => {
        const names = await withArchive(remote, archive, (path) => {
          const kind = PACKINGS.find(([ending]) => ending.test(src))?.[1] ?? '';
          return runScript(
            remote,
            readScript(import.meta.dirname, 'unarchive-unpack.sh'),
            [path, dest, String(strip_components), kind],
            src,
          );
        });
        const paths = names.split('\n').filter((name) => name !== '');
        if (owners.owner !== undefined || owners.group !== undefined) {
          const { owner = '', group = '' } = owners;
          await setAttributes(
            remote,
            paths.map((name) => `${dest}/${name}`),
            { ...(owner && { owner }), ...(group && { group }) },
          );
        }
        await remote.write(note, `${archive.sha256}\n${paths.map((name) => `${name}\n`).join('')}`);
      },
    };
    return { dest, sha256: archive.sha256 };
  },
});

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
  if (stat.sha256 === undefined) throw new SwarmError('SW6012', `${src} is not a file on the host`, { lacks: { kind: 'path', name: src } });
  return { path, sha256: stat.sha256 };
}

/** The note of the last unpacking names this archive, and all that was in it is still present. */
async function isUnpacked(probe: Probe, dest: string, note: string, sha256: string): Promise<boolean> {
  const bytes = await probe.read(note);
  const [unpacked, ...names] = new TextDecoder().decode(bytes).trimEnd().split('\n');
  if (unpacked !== sha256) return false;
  const stats = await statPaths(
    probe,
    names.map((name) => ({ path: `${dest}/${name}` })),
  );
  return stats.every(({ type }) => type !== 'absent');
}

/** Puts an archive of this machine on the host while it is used. */
async function withArchive<T>(remote: Remote, { path, content }: Archive, use: (path: string) => Promise<T>): Promise<T> {
  if (path !== undefined || content === undefined) return use(path ?? '');
  const sent = (await runOrThrow(remote, ['mktemp'], 'mktemp')).trim();
  try {
    await remote.write(sent, content, { mode: '0600' });
    return await use(sent);
  } finally {
    await runOrThrow(remote, ['rm', '-f', '--', sent], dirname(sent));
  }
}
