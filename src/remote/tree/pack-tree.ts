import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { quoteWord } from '../session/shell-text.ts';
import { parentFolder, type TreePlan } from './compare-trees.ts';
import type { Tree, TreeEntry } from './list-tree.ts';

/** Files up to this size are read whole, and written so many bytes at a time. */
const CHUNK = 256 * 1024;

/** Writes the archive and ends the stream. */
export async function packTree(from: string, local: Tree, remote: Tree, plan: TreePlan, out: NodeJS.WritableStream): Promise<void> {
  const content = plan.sent.filter((path) => local.get(path)?.type !== 'dir' || remote.get(path)?.type !== 'dir');
  const entries = content.flatMap((path) => {
    const entry = local.get(path);
    return entry === undefined ? [] : [[path, entry] as const];
  });
  await pipeline(createArchive(from, Buffer.from(buildMoveScript(local, remote, plan)), entries), out);
}

async function* createArchive(
  from: string,
  script: Buffer,
  entries: readonly (readonly [string, TreeEntry])[],
): AsyncGenerator<Buffer, void, void> {
  const scriptEntry: TreeEntry = { type: 'file', mode: 0o600, size: script.length, mtime: 0 };
  let parts = [...tarHeaders('moves', scriptEntry), script, paddingFor(script.length)];
  let bytes = script.length;
  for (const [path, entry] of entries) {
    if (bytes > CHUNK) {
      yield Buffer.concat(parts);
      [parts, bytes] = [[], 0];
    }
    const whole = entry.type === 'file' && entry.size <= CHUNK ? await readFile(join(from, path)) : undefined;
    // a small file that grew meanwhile goes over as it is now; a large one as it was listed, or not at all
    const listed = whole === undefined ? entry : { ...entry, size: whole.length };
    parts.push(...tarHeaders(`tree/${path}`, listed));
    if (whole !== undefined) parts.push(whole, paddingFor(whole.length));
    else if (entry.type === 'file') {
      yield Buffer.concat(parts);
      [parts, bytes] = [[paddingFor(entry.size)], 0];
      yield* readContent(join(from, path), entry.size);
    }
    bytes += 1024 + (whole?.length ?? 0);
  }
  yield Buffer.concat([...parts, Buffer.alloc(1024)]);
}

async function* readContent(file: string, size: number): AsyncGenerator<Buffer, void, void> {
  let left = size;
  for await (const bytes of createReadStream(file, { end: size - 1, highWaterMark: CHUNK }) as AsyncIterable<Buffer>) {
    left -= bytes.length;
    yield bytes;
  }
  if (left > 0) throw new SwarmError('SW5003', `${file} became shorter while it was sent`);
}

/** What is in the way goes first; then renames, a new folder as a whole; then permissions of old folders; then what is to be deleted. */
function buildMoveScript(local: Tree, remote: Tree, { sent, deleted }: TreePlan): string {
  const old = (path: string) => remote.get(path)?.type;
  const isNewFolder = (path: string): boolean => local.get(path)?.type === 'dir' && old(path) !== 'dir';
  const inNewFolder = (path: string): boolean => {
    const parent = parentFolder(path);
    return parent !== '' && (isNewFolder(parent) || inNewFolder(parent));
  };
  const topLevel = sent.filter((path) => !inNewFolder(path));
  const inTheWay = topLevel.filter((path) => old(path) !== undefined && old(path) !== local.get(path)?.type);
  const moved = topLevel.filter((path) => local.get(path)?.type !== 'dir' || isNewFolder(path));
  const folders = topLevel.filter((path) => local.get(path)?.type === 'dir' && !isNewFolder(path));
  // what goes with its folder, or lay where a link may be now, is not named
  const gone = new Set([...deleted, ...inTheWay]);
  const byFolder = new Map<string, string[]>();
  for (const path of moved) byFolder.set(parentFolder(path), [...(byFolder.get(parentFolder(path)) ?? []), path]);
  return [
    ...splitByLength(inTheWay).map((list) => `rm -rf -- ${list.map(quotePath).join(' ')}`),
    ...[...byFolder].flatMap(([folder, paths]) =>
      splitByLength(paths).map((list) => `mv -f -- ${list.map((path) => `"$t"/tree/${quoteWord(path)}`).join(' ')} ${quotePath(folder)}/`),
    ),
    ...folders.map((path) => `chmod ${formatMode(local.get(path)?.mode ?? 0o755)} ${quotePath(path)}`),
    ...splitByLength(deleted.filter((path) => !gone.has(parentFolder(path)))).map((list) => `rm -rf -- ${list.map(quotePath).join(' ')}`),
  ]
    .map((line) => `${line} || exit 75\n`)
    .join('');
}

/** With five digits: with four, GNU chmod leaves the set-group-ID bit of a folder. */
const formatMode = (mode: number): string => mode.toString(8).padStart(5, '0');

const quotePath = (path: string): string => (path === '' ? '.' : quoteWord(`./${path}`));

/** Few enough for one argument list. */
function splitByLength(paths: readonly string[]): readonly (readonly string[])[] {
  const lists: string[][] = [];
  let room = 0;
  for (const path of paths) {
    if (room < path.length) {
      lists.push([]);
      room = 60_000;
    }
    lists.at(-1)?.push(path);
    room -= path.length + 40;
  }
  return lists;
}

const paddingFor = (size: number): Buffer => Buffer.alloc((512 - (size % 512)) % 512);

const TAR_TYPES = { file: '0', dir: '5', link: '2' } as const;

/** POSIX ustar; a name or a link's target of more than 100 bytes goes before it in an entry of its own (GNU tar, also busybox). */
function tarHeaders(name: string, entry: TreeEntry): readonly Buffer[] {
  const target = entry.target ?? '';
  return [...longNameHeaders('L', name), ...longNameHeaders('K', target), tarHeader(name, target, TAR_TYPES[entry.type], entry)];
}

function longNameHeaders(type: 'L' | 'K', text: string): readonly Buffer[] {
  const bytes = Buffer.from(`${text}\0`);
  if (bytes.length <= 101) return [];
  return [tarHeader('././@LongLink', '', type, { type: 'file', mode: 0, size: bytes.length, mtime: 0 }), bytes, paddingFor(bytes.length)];
}

function tarHeader(name: string, target: string, type: string, entry: TreeEntry): Buffer {
  const block = Buffer.alloc(512);
  const octal = (value: number, at: number, digits: number): number => block.write(value.toString(8).padStart(digits, '0'), at);
  Buffer.from(name).copy(block, 0, 0, 100);
  octal(entry.mode, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  const size = type === '5' || type === '2' ? 0 : entry.size;
  if (size < 8 ** 11) octal(size, 124, 11);
  else {
    block[124] = 0x80; // binary, for 8 GiB and more
    block.writeBigUInt64BE(BigInt(size), 128);
  }
  octal(Math.max(0, entry.mtime), 136, 11);
  block.fill(' ', 148, 156);
  block.write(type, 156);
  Buffer.from(target).copy(block, 157, 0, 100);
  block.write('ustar\x0000', 257, 'latin1');
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    6,
  );
  block[154] = 0;
  return block;
}
