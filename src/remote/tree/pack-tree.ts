import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { SwarmError } from '../../core/error.ts';
import { quote } from '../session/shell-text.ts';
import { folderOf, type TreePlan } from './compare-trees.ts';
import type { Entry, Tree } from './list-tree.ts';

/** Files up to this size are read whole, and written so many bytes at a time. */
const CHUNK = 256 * 1024;

/** $1 root; stdin: a tar with `moves` (shell text) and `tree/`. All is unpacked beside its place before the first rename. */
export const APPLY = `mkdir -p -- "$1" && cd -- "$1" || exit 73
t=.swarm-push.$$; trap 'rm -rf "./$t"' EXIT; trap 'exit 129' HUP; trap 'exit 143' TERM
(umask 077; mkdir "$t") && tar -xpof - -C "$t" || exit 74
. "./$t/moves"`;

/** Writes the archive and ends the stream. */
export async function packTree(from: string, here: Tree, there: Tree, plan: TreePlan, out: NodeJS.WritableStream): Promise<void> {
  const content = plan.sent.filter((path) => here.get(path)?.type !== 'dir' || there.get(path)?.type !== 'dir');
  const entries = content.flatMap((path) => {
    const entry = here.get(path);
    return entry === undefined ? [] : [[path, entry] as const];
  });
  await pipeline(archive(from, Buffer.from(movesOf(here, there, plan)), entries), out);
}

async function* archive(from: string, moves: Buffer, entries: readonly (readonly [string, Entry])[]): AsyncGenerator<Buffer, void, void> {
  const moved: Entry = { type: 'file', mode: 0o600, size: moves.length, mtime: 0 };
  let parts = [...headersOf('moves', moved), moves, padding(moves.length)];
  let bytes = moves.length;
  for (const [path, entry] of entries) {
    if (bytes > CHUNK) {
      yield Buffer.concat(parts);
      [parts, bytes] = [[], 0];
    }
    const whole = entry.type === 'file' && entry.size <= CHUNK ? await readFile(join(from, path)) : undefined;
    // a small file that grew meanwhile goes over as it is now; a large one as it was listed, or not at all
    const listed = whole === undefined ? entry : { ...entry, size: whole.length };
    parts.push(...headersOf(`tree/${path}`, listed));
    if (whole !== undefined) parts.push(whole, padding(whole.length));
    else if (entry.type === 'file') {
      yield Buffer.concat(parts);
      [parts, bytes] = [[padding(entry.size)], 0];
      yield* contentOf(join(from, path), entry.size);
    }
    bytes += 1024 + (whole?.length ?? 0);
  }
  yield Buffer.concat([...parts, Buffer.alloc(1024)]);
}

async function* contentOf(file: string, size: number): AsyncGenerator<Buffer, void, void> {
  let left = size;
  for await (const bytes of createReadStream(file, { end: size - 1, highWaterMark: CHUNK }) as AsyncIterable<Buffer>) {
    left -= bytes.length;
    yield bytes;
  }
  if (left > 0) throw new SwarmError('SW5003', `${file} became shorter while it was sent`);
}

/** What is in the way goes first; then renames, a new folder as a whole; then permissions of old folders; then what is to be deleted. */
function movesOf(here: Tree, there: Tree, { sent, deleted }: TreePlan): string {
  const old = (path: string) => there.get(path)?.type;
  const isNewFolder = (path: string): boolean => here.get(path)?.type === 'dir' && old(path) !== 'dir';
  const inNewFolder = (path: string): boolean => {
    const parent = folderOf(path);
    return parent !== '' && (isNewFolder(parent) || inNewFolder(parent));
  };
  const units = sent.filter((path) => !inNewFolder(path));
  const inTheWay = units.filter((path) => old(path) !== undefined && old(path) !== here.get(path)?.type);
  const moved = units.filter((path) => here.get(path)?.type !== 'dir' || isNewFolder(path));
  const folders = units.filter((path) => here.get(path)?.type === 'dir' && !isNewFolder(path));
  // what goes with its folder, or lay where a link may be now, is not named
  const gone = new Set([...deleted, ...inTheWay]);
  const byFolder = new Map<string, string[]>();
  for (const path of moved) byFolder.set(folderOf(path), [...(byFolder.get(folderOf(path)) ?? []), path]);
  return [
    ...chunks(inTheWay).map((list) => `rm -rf -- ${list.map(local).join(' ')}`),
    ...[...byFolder].flatMap(([folder, paths]) =>
      chunks(paths).map((list) => `mv -f -- ${list.map((path) => `"$t"/tree/${quote(path)}`).join(' ')} ${local(folder)}/`),
    ),
    ...folders.map((path) => `chmod ${(here.get(path)?.mode ?? 0o755).toString(8)} ${local(path)}`),
    ...chunks(deleted.filter((path) => !gone.has(folderOf(path)))).map((list) => `rm -rf -- ${list.map(local).join(' ')}`),
  ]
    .map((line) => `${line} || exit 75\n`)
    .join('');
}

const local = (path: string): string => (path === '' ? '.' : quote(`./${path}`));

/** Few enough for one argument list. */
function chunks(paths: readonly string[]): readonly (readonly string[])[] {
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

const padding = (size: number): Buffer => Buffer.alloc((512 - (size % 512)) % 512);

const TYPE = { file: '0', dir: '5', link: '2' } as const;

/** POSIX ustar; a name or a link's target of more than 100 bytes goes before it in an entry of its own (GNU tar, also busybox). */
function headersOf(name: string, entry: Entry): readonly Buffer[] {
  const target = entry.target ?? '';
  return [...long('L', name), ...long('K', target), header(name, target, TYPE[entry.type], entry)];
}

function long(type: 'L' | 'K', text: string): readonly Buffer[] {
  const bytes = Buffer.from(`${text}\0`);
  if (bytes.length <= 101) return [];
  return [header('././@LongLink', '', type, { type: 'file', mode: 0, size: bytes.length, mtime: 0 }), bytes, padding(bytes.length)];
}

function header(name: string, target: string, type: string, entry: Entry): Buffer {
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
