import { posix } from 'node:path';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Probe } from '../../core/module.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { lackingProgramError } from '../../remote/session/lacking-programs.ts';
import { quoteWord } from '../../remote/session/shell-text.ts';
import type { CommandRunner, Tree, TreeEntry } from '../../remote/tree/list-tree.ts';
import type { TreeArgs } from './push-args.ts';
import { parseFiles, parseVersionInfo, type TreeFiles, type VersionInfo } from './tree-record.ts';

/** A version on the host. */
export interface HostVersion {
  readonly name: string;
  readonly number: number;
  /** Undefined for the folder that was there before the first push. */
  readonly info: VersionInfo | undefined;
}

/** What a host has at the dest of a tree. */
export interface HostTree {
  readonly dest: string;
  /** The folder of the versions, beside dest. */
  readonly versions: string;
  /** `foreign`: a link to somewhere else. */
  readonly kind: 'absent' | 'version' | 'folder' | 'foreign' | 'file';
  /** Where a foreign link leads. */
  readonly target: string;
  /** Path of the tree in use. */
  readonly live: string | undefined;
  /** The version in use. */
  readonly current: HostVersion | undefined;
  readonly files: TreeFiles | undefined;
  /** Ascending. */
  readonly all: readonly HostVersion[];
  readonly mounts: readonly string[];
  readonly refusal: 'readonly' | 'denied' | undefined;
  readonly missing: readonly string[];
  readonly freeBytes: number | undefined;
  readonly usedBytes: number;
  /** Paths whose owner or group is another one. */
  readonly otherOwner: ReadonlySet<string>;
}

/** Reads what is at dest, in one round trip. */
export async function readHostTree(
  probe: Probe,
  { dest, owner = '', group = '' }: Pick<TreeArgs, 'dest' | 'owner' | 'group'>,
): Promise<HostTree> {
  const versions = dest.replace(/\/([^/]+)$/, '/.$1.versions');
  const program = readProgram('src/sdk/push/read-tree.sh');
  const { exit, stdout, stderr } = await probe.query({ argv: ['sh', '-c', program, 'swarm', dest, versions, owner, group] });
  if (exit !== 0) throw new SwarmError('SW6012', `${dest} cannot be examined: ${stderr.trim().split('\n')[0]}`, { detail: stderr.trim() });
  const lines = stdout.split('\n').map((line) => /^(\S+) ?(.*)$/s.exec(line) ?? []);
  const all = (word: string): readonly string[] => lines.flatMap(([, key, value = '']) => (key === word ? [value] : []));
  const list = all('version')
    .map(readVersion)
    .filter(({ name }) => /^\d{1,9}-/.test(name))
    .sort((one, other) => one.number - other.number);
  const [kind = 'absent', target = ''] = (all('dest')[0] ?? '').split(/ (.*)/s);
  const ours = target.startsWith(`${versions.slice(versions.lastIndexOf('/') + 1)}/`);
  const current = ours ? list.find(({ name }) => target.endsWith(`/${name}`)) : undefined;
  return {
    ...{ dest, versions, target, current, all: list, mounts: all('mount'), missing: all('missing') },
    kind: kind === 'link' ? (current === undefined ? 'foreign' : 'version') : (kind as 'absent' | 'folder' | 'file'),
    live: current === undefined ? (kind === 'folder' ? dest : undefined) : `${versions}/${current.name}`,
    files: parseFiles(all('files')[0] ?? ''),
    refusal: all('readonly').length > 0 ? 'readonly' : all('denied').length > 0 ? 'denied' : undefined,
    freeBytes: all('free').map((kib) => Number(kib) * 1024)[0],
    usedBytes: Number(all('used')[0] ?? 0) * 1024,
    otherOwner: new Set(all('owner').map((path) => path.replace(/^\.\/?/, ''))),
  };
}

function readVersion(line: string): HostVersion {
  const [name = '', info = ''] = line.split(/ (.*)/s);
  return { name, number: Number.parseInt(name, 10), info: parseVersionInfo(info) };
}

function refuse(message: string, hint: string, code: 'SW6012' | 'SW6008' = 'SW6012'): never {
  throw new SwarmError(code, message, { hint });
}

/** Throws where dest is nothing that a link could replace, before anything below it is read. */
export function assertReplaceable({ dest, kind, target, mounts }: HostTree): void {
  if (kind === 'file') refuse(`${dest} is a file on the host, not a folder`, 'Remove it, or name another dest.');
  if (kind === 'foreign')
    refuse(
      `${dest} is a link to ${target}, which swarm did not make`,
      `Write dest: ${posix.resolve(posix.dirname(dest), target)}, if that is what you mean. Or remove the link.`,
    );
  const [mount] = mounts;
  if (mount !== undefined)
    refuse(`${mount} is a mount point, so ${dest} cannot be replaced by a rename`, 'Push to a folder below it, or use the sync module.');
}

/** Throws where the tree cannot be switched, before anything is changed. `bytes`: what is sent. */
export function assertSwitchable({ dest, refusal, missing, freeBytes, usedBytes }: HostTree, bytes: number): void {
  if (refusal === 'readonly') refuse(`the file system of ${dest} is read-only`, `To see it, run on the host: findmnt -T ${dest}`);
  if (refusal === 'denied')
    refuse(`the login may not write beside ${dest}`, 'Write become: true for the task, or for the host in the inventory.');
  const [program] = missing;
  if (program !== undefined) throw lackingProgramError(program, `the host has no ${program}, which a push needs`);
  const needed = usedBytes + bytes;
  if (freeBytes !== undefined && needed > freeBytes)
    refuse(
      `no room for a second tree beside ${dest}: it needs ${formatMib(needed)}, and ${formatMib(freeBytes)} are free`,
      `To see the space, run on the host: df -h ${quoteWord(dest.replace(/\/[^/]*$/, '') || '/')}`,
      'SW6008',
    );
}

const formatMib = (bytes: number): string => `${Math.ceil(bytes / 1024 / 1024)} MiB`;

/** The paths of a record that are others on the host, or missing. `known`: content of the host that was compared already, by path. */
export async function findDrift(
  host: CommandRunner,
  root: string,
  { tree, files, known }: { readonly tree: Tree; readonly files: TreeFiles; readonly known: ReadonlyMap<string, string> },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const found = new Map<string, string>(known);
  const unread = Object.entries(files).flatMap(([path, wanted]) =>
    wanted.startsWith('f ') && tree.get(path)?.type === 'file' && !known.has(path) ? [path] : [],
  );
  for (const [path, sum] of await hashHostFiles(host, root, unread, signal)) found.set(path, sum);
  return Object.entries(files).flatMap(([path, wanted]) => (describeFound(tree.get(path), found.get(path)) === wanted ? [] : [path]));
}

function describeFound(entry: TreeEntry | undefined, sum: string | undefined): string | undefined {
  if (entry === undefined) return undefined;
  if (entry.type === 'link') return `l ${entry.target}`;
  return entry.type === 'dir' ? `d ${entry.mode.toString(8)}` : `f ${entry.mode.toString(8)} ${sum}`;
}

async function hashHostFiles(
  host: CommandRunner,
  root: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<readonly (readonly [string, string])[]> {
  if (paths.length === 0) return [];
  const stdin = Buffer.from(paths.map((path) => `./${path}\0`).join(''));
  const { stdout } = await host.exec({ argv: ['sh', '-c', 'cd -- "$1" && xargs -0 sha256sum', 'swarm', root], stdin }, signal);
  const sums = stdout.split('\n').filter((line) => line !== '');
  // a file that cannot be read counts as another one
  return sums.length === paths.length ? paths.map((path, at) => [path, (sums[at] ?? '').replace(/^\\/, '').slice(0, 64)] as const) : [];
}
