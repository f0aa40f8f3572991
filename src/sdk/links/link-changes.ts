import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Change, Probe } from '../../core/module.ts';
import { type PathStat, statPaths } from '../files/path-stat.ts';
import { runOrThrow } from '../run-or-throw.ts';

/** What a path is to be. `force`: a file or an empty folder in its place goes. */
interface WantedLink {
  readonly path: string;
  readonly src: string;
  readonly force: boolean;
}

/** The change that makes a path a symbolic link to `src`; nothing where it is one. Throws SW6012 where the path is something else that the
 *  task does not let go. */
export function* symbolicLinkChanges(wanted: WantedLink, current: PathStat): Generator<Change, void, void> {
  if (current.type === 'link' && current.target === wanted.src) return;
  if (current.type !== 'link') refuseReplacement(wanted, current);
  yield {
    ...linkChange(wanted, current, '-sfn'),
    ...(current.type === 'link' ? { before: `${current.target}\n` } : {}),
    after: `${wanted.src}\n`,
  };
}

/** The change that makes a path another name of the file `src`; nothing where it is one. Throws SW6012 as `symbolicLinkChanges` does, and
 *  where `src` is not a file. */
export async function* hardLinkChanges(probe: Probe, wanted: WantedLink, current: PathStat): AsyncGenerator<Change, void, void> {
  const { path, src } = wanted;
  const [source] = await statPaths(probe, [{ path: src }]);
  if (source?.type !== 'file')
    throw new SwarmError('SW6012', `${src} is not a file on the host, so it cannot get another name`, {
      lacks: { kind: 'path', name: src },
    });
  if (current.type === 'file') {
    const { stdout } = await probe.query({ argv: ['stat', '-c', '%d:%i', '--', path, src] });
    const [one, other] = stdout.split('\n');
    if (one === other) return;
  }
  refuseReplacement(wanted, current);
  yield { ...linkChange(wanted, current, '-fn'), after: `another name of ${src}\n` };
}

const linkChange = ({ path, src }: WantedLink, { type }: PathStat, option: '-sfn' | '-fn'): Change => ({
  verb: type === 'absent' ? 'create' : 'update',
  subject: path,
  apply: async (remote) => {
    if (type === 'directory') await runOrThrow(remote, ['rmdir', '--', path], path);
    await runOrThrow(remote, ['ln', option, '--', src, path], path);
  },
});

/** What may be in the place of a link, with what to write to replace it. */
const IN_THE_WAY = {
  file: ['file', 'To replace it write force: true.'],
  directory: ['folder', 'To replace it, where it is empty, write force: true.'],
  link: ['symbolic link', 'To replace it write force: true.'],
  other: ['special file', 'Remove it first, with state: absent.'],
} as const;

function refuseReplacement({ path, force }: WantedLink, { type }: PathStat): void {
  if (type === 'absent' || (force && type !== 'other')) return;
  const [kind, hint] = IN_THE_WAY[type];
  throw new SwarmError('SW6012', `${path} is a ${kind} on the host, not a link`, { hint });
}
