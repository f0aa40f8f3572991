import { SwarmError } from '../core/error.ts';
import { excluder, type Looks, localTree, type RemoteTree, remoteTree, type Tree } from './tree-list.ts';
import { comparePlan, equalFiles, obstacle, type TreePlan } from './tree-plan.ts';
import { hasRsync, type Opens, rsyncTree } from './tree-rsync.ts';
import { APPLY, packTree } from './tree-tar.ts';

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

/** What `pushTree` would do; looks, and writes nothing. Owners are not compared: what is pushed belongs to the login. */
export async function planTree(host: Looks, from: string, to: string, options: TreeOptions, signal: AbortSignal): Promise<Pushed> {
  const { plan } = await look(host, from, to, options, signal);
  return { sent: plan.sent, deleted: plan.deleted, bytes: plan.bytes };
}

/** Makes the folder `to` of the host like the local folder `from`: files, folders, links, permissions, mtimes. Each file is the old or the
 *  new one at any moment. Two round trips; none of a second connection. Throws SW6001, SW6008, SW2005. */
export async function pushTree(host: Looks & Opens, from: string, to: string, options: TreeOptions, signal: AbortSignal): Promise<Pushed> {
  const { plan, here, there } = await look(host, from, to, options, signal);
  const pushed = { sent: plan.sent, deleted: plan.deleted, bytes: plan.bytes };
  if (plan.sent.length === 0 && plan.deleted.length === 0 && there.exists) return pushed;
  const rsync = options.by === undefined ? plan.updated >= WORTH_RSYNC && there.rsync && hasRsync() : options.by === 'rsync';
  if (rsync) await rsyncTree(host, from, to, rsyncOptions(options), signal);
  else await tarTree(host, from, to, here, there.tree, plan, signal);
  return pushed;
}

interface Look {
  readonly here: Tree;
  readonly there: RemoteTree;
  readonly plan: TreePlan;
}

async function look(host: Looks, from: string, to: string, options: TreeOptions, signal: AbortSignal): Promise<Look> {
  if (!to.startsWith('/')) throw new SwarmError('SW6014', `not an absolute path: ${to}`);
  const excluded = excluder(options.exclude ?? []);
  const [here, there] = await Promise.all([localTree(from, excluded), remoteTree(host, to, signal)]);
  const same = options.checksum ? await equalFiles(host, from, to, here, there.tree, signal) : undefined;
  const plan = comparePlan(here, there.tree, options.delete ?? false, excluded, same);
  const folder = obstacle(here, there.tree, plan);
  if (folder === undefined) return { here, there, plan };
  throw new SwarmError('SW6001', `${to}/${folder} is a folder on the host and none here`, {
    hint: 'Remove it there, or push with delete.',
  });
}

const rsyncOptions = (options: TreeOptions): readonly string[] => [
  ...(options.delete ? ['--delete'] : []),
  ...(options.checksum ? ['--checksum'] : []),
  ...(options.exclude ?? []).map((pattern) => `--exclude=${pattern}`),
];

async function tarTree(host: Opens, from: string, to: string, here: Tree, there: Tree, plan: TreePlan, signal: AbortSignal): Promise<void> {
  const pipe = await host.open({ argv: ['sh', '-c', APPLY, 'swarm', to] }, signal);
  let said = '';
  pipe.stderr.on('data', (bytes: Buffer) => {
    if (said.length < 10_000) said += bytes.toString();
  });
  pipe.stdout.on('data', () => undefined);
  const packed = packTree(from, here, there, plan, pipe.stdin).catch((error: Error) => error);
  const exit = await pipe.done;
  const failed = await packed;
  if (exit === 0 && failed === undefined) return;
  const why = said.trim().split('\n')[0] || (failed instanceof Error ? failed.message : `exit ${exit}`);
  const full = /No space left on device|Disk quota exceeded/.test(said);
  throw new SwarmError(full ? 'SW6008' : 'SW6001', `${to} cannot be written: ${why}`, { detail: said.trim() });
}
