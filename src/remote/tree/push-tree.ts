import { SwarmError } from '../../core/error.ts';
import { comparePlan, equalFiles, obstacle, type TreePlan } from './compare-trees.ts';
import { excluder, type Looks, localTree, type RemoteTree, remoteTree, type Tree } from './list-tree.ts';
import { APPLY, packTree } from './pack-tree.ts';
import { hasRsync, type Opens, rsyncTree } from './rsync-tree.ts';

export interface TreeOptions {
  /** Removes what is only on the host; what is excluded stays. */
  readonly delete?: boolean;
  /** rsync's patterns. */
  readonly exclude?: readonly string[];
  /** Content decides, by SHA-256, in place of mtime. */
  readonly checksum?: boolean;
  /** How content goes over; by itself `rsync` only for much content whose older form is there, else one `tar` stream, which is quicker. */
  readonly by?: 'tar' | 'rsync';
}

export interface Pushed {
  readonly sent: readonly string[];
  readonly deleted: readonly string[];
  /** Size of the files sent. */
  readonly bytes: number;
}

/** From so many bytes on, sending only the parts that changed is worth rsync's own round trips. */
const WORTH_RSYNC = 16 * 1024 * 1024;

/** How a folder of a host differs from one here, and what was seen on both sides. */
export interface Difference extends TreePlan {
  readonly from: string;
  readonly to: string;
  readonly options: TreeOptions;
  readonly here: Tree;
  readonly there: RemoteTree;
  /** Files whose content was compared and is equal; undefined where time decides. */
  readonly same: ReadonlySet<string> | undefined;
}

/** What has to be sent and deleted; looks, and writes nothing. Owners are not compared: what is pushed belongs to the login. */
export function planTree(host: Looks, from: string, to: string, options: TreeOptions, signal: AbortSignal): Promise<Difference> {
  return look(host, { from, to, options, same: new Set() }, signal);
}

/** What is still different after `sendTree`: all is listed again, and the content of what was sent is compared. */
export function treeLeft(host: Looks, sent: Difference, signal: AbortSignal): Promise<Difference> {
  return look(host, sent, signal);
}

/** Makes a folder of the host like the one here: files, folders, links, permissions, mtimes. Each file is the old or the new one at any
 *  moment. One round trip; none of a second connection. Throws SW6001, SW6008, SW2005. */
export async function sendTree(host: Opens, found: Difference, signal: AbortSignal): Promise<void> {
  const { from, to, options, there, sent, deleted, updated } = found;
  if (sent.length === 0 && deleted.length === 0 && there.exists) return;
  const rsync = options.by === undefined ? updated >= WORTH_RSYNC && there.rsync && hasRsync() : options.by === 'rsync';
  if (rsync) await rsyncTree(host, from, to, rsyncOptions(options), signal);
  else await tarTree(host, found, signal);
}

/** Looks and sends. */
export async function pushTree(host: Looks & Opens, from: string, to: string, options: TreeOptions, signal: AbortSignal): Promise<Pushed> {
  const found = await planTree(host, from, to, options, signal);
  await sendTree(host, found, signal);
  return { sent: found.sent, deleted: found.deleted, bytes: found.bytes };
}

type Sides = Pick<Difference, 'from' | 'to' | 'options' | 'same'>;

async function look(host: Looks, { from, to, options, same: known }: Sides, signal: AbortSignal): Promise<Difference> {
  if (!to.startsWith('/')) throw new SwarmError('SW6014', `not an absolute path: ${to}`);
  const exclude = options.exclude ?? [];
  const excluded = excluder(exclude);
  const [here, there] = await Promise.all([listed(from, exclude), remoteTree(host, to, signal)]);
  const same = options.checksum ? await equalFiles(host, { from, to }, here, there.tree, known ?? new Set(), signal) : undefined;
  const plan = comparePlan(here, there.tree, options.delete ?? false, excluded, same);
  const folder = obstacle(here, there.tree, plan);
  if (folder === undefined) return { ...plan, from, to, options, here, there, same };
  throw new SwarmError('SW6001', `${to}/${folder} is a folder on the host and none here`, {
    hint: 'Remove it there, or push with delete.',
  });
}

const listing = new Map<string, Promise<Tree>>();

/** Hosts that ask at the same moment wait for one walk over the folder. */
function listed(from: string, exclude: readonly string[]): Promise<Tree> {
  const key = [from, ...exclude].join('\0');
  const walk = listing.get(key) ?? localTree(from, excluder(exclude)).finally(() => listing.delete(key));
  listing.set(key, walk);
  return walk;
}

const rsyncOptions = (options: TreeOptions): readonly string[] => [
  ...(options.delete ? ['--delete'] : []),
  ...(options.checksum ? ['--checksum'] : []),
  ...(options.exclude ?? []).map((pattern) => `--exclude=${pattern}`),
];

async function tarTree(host: Opens, found: Difference, signal: AbortSignal): Promise<void> {
  const { from, to, here, there } = found;
  const pipe = await host.open({ argv: ['sh', '-c', APPLY, 'swarm', to] }, signal);
  let said = '';
  pipe.stderr.on('data', (bytes: Buffer) => {
    if (said.length < 10_000) said += bytes.toString();
  });
  pipe.stdout.on('data', () => undefined);
  const packed = packTree(from, here, there.tree, found, pipe.stdin).catch((error: Error) => error);
  const exit = await pipe.done;
  const failed = await packed;
  if (exit === 0 && failed === undefined) return;
  const why = said.trim().split('\n')[0] || (failed instanceof Error ? failed.message : `exit ${exit}`);
  const full = /No space left on device|Disk quota exceeded/.test(said);
  throw new SwarmError(full ? 'SW6008' : 'SW6001', `${to} cannot be written: ${why}`, { detail: said.trim() });
}
