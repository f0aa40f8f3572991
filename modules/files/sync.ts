import { basename, join } from 'node:path/posix';
import {
  compareSentTree,
  compareTree,
  defineModule,
  findSource,
  type Remote,
  refuseMounts,
  SwarmError,
  sendTree,
  type TreeDifference,
  z,
} from '../../src/index.ts';

export default defineModule({
  summary: 'Copy a folder to the host; only what differs is sent',
  args: z.strictObject({
    src: z.string().min(1).describe('Folder on this machine: absolute, or below files/ of the project; with / at the end: its content'),
    dest: z.string().regex(/^\/./, 'must be an absolute path other than /').describe('Folder on the host'),
    delete: z.boolean().default(false).describe('Also remove what the source folder does not have'),
    exclude: z.array(z.string().min(1)).default([]).describe('Patterns of rsync; matching paths are neither sent nor removed'),
    checksum: z.boolean().default(true).describe('Compare the content; false: compare size and time, which is faster'),
  }),
  returns: z.strictObject({
    dest: z.string().describe('Folder on the host'),
    sent: z.array(z.string()).describe('Paths that were sent'),
    deleted: z.array(z.string()).describe('Paths that were removed'),
    bytes: z.int().describe('Bytes that were sent'),
  }),
  example: `sync:
  src: portage/
  dest: /etc/portage/sets
`,
  async *run(probe, { src, dest, ...options }) {
    const { path: from, directory } = await findSource(src, probe.paths.files);
    if (!directory) throw new SwarmError('SW6012', `${from} is not a folder`, { hint: 'For a single file use the copy module.' });
    const to = src.endsWith('/') ? dest : join(dest, basename(from));
    const found = await compareTree({ exec: (command) => probe.query(command) }, from, to, options, probe.signal);
    const { sent, deleted, bytes } = found;
    const removed = listRemoved(found);
    if (removed.length > 0) await refuseMounts(probe, to, removed);
    if (sent.length > 0 || deleted.length > 0) {
      yield {
        verb: 'update',
        subject: `${to}: ${[...formatCount(sent, 'sent'), ...formatCount(deleted, 'removed')].join(', ')}`,
        before: joinPaths(deleted),
        after: joinPaths(sent),
        apply: (remote) => pushAndCheck(remote, found),
      };
    }
    return { dest: to, sent: [...sent], deleted: [...deleted], bytes };
  },
});

/** What is removed of the folder on the host: what is deleted, and folders in the place of a file or a link. */
const listRemoved = ({ sent, deleted, local, remote }: TreeDifference): readonly string[] => [
  ...deleted,
  ...sent.filter((path) => remote.tree.get(path)?.type === 'dir' && local.get(path)?.type !== 'dir'),
];

const formatCount = (paths: readonly string[], word: string): readonly string[] => (paths.length === 0 ? [] : [`${paths.length} ${word}`]);

const joinPaths = (paths: readonly string[]): string => paths.map((path) => `${path}\n`).join('');

/** A push is done when it is seen to be: what lies there now is looked at again. Throws SW4001. */
async function pushAndCheck(remote: Remote, found: TreeDifference): Promise<void> {
  const { to } = found;
  const host = {
    exec: (command: Parameters<Remote['exec']>[0]) => remote.exec(command),
    open: (command: Parameters<Remote['open']>[0]) => remote.open(command),
  };
  await sendTree(host, found, remote.signal);
  const left = await compareSentTree(host, found, remote.signal);
  if (left.sent.length === 0 && left.deleted.length === 0) return;
  throw new SwarmError('SW4001', `${to} differs from what was sent`, { detail: joinPaths([...left.sent, ...left.deleted].slice(0, 20)) });
}
