import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { create } from 'tar';
import { quote } from './shell.ts';
import type { Tree } from './tree-list.ts';
import { folderOf, type TreePlan } from './tree-plan.ts';

/** $1 root; stdin: a tar with `moves` (shell text) and `tree/`. All is unpacked beside its place before the first rename. */
export const APPLY = `mkdir -p -- "$1" && cd -- "$1" || exit 73
t=.swarm-push.$$; trap 'rm -rf "./$t"' EXIT; trap 'exit 129' HUP; trap 'exit 143' TERM
(umask 077; mkdir "$t") && tar -xpof - -C "$t" || exit 74
. "./$t/moves"`;

/** Writes the archive and ends the stream. */
export async function packTree(from: string, here: Tree, there: Tree, plan: TreePlan, out: NodeJS.WritableStream): Promise<void> {
  const content = plan.sent.filter((path) => here.get(path)?.type !== 'dir' || there.get(path)?.type !== 'dir');
  const body = new PassThrough();
  body.write(member('moves', Buffer.from(movesOf(here, there, plan))));
  if (content.length === 0)
    body.end(Buffer.alloc(1024)); // the end of an archive
  else
    create(
      { cwd: from, prefix: 'tree', portable: true, noDirRecurse: true },
      content.map((path) => `./${path}`),
    ).pipe(body);
  await pipeline(body, out);
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

/** One regular file as the beginning of an archive (POSIX ustar). */
function member(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000600\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\0', 257);
  header.write('00', 263);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}
