import { dirname, join } from 'node:path';
import { decodeText } from './ansible-files.ts';
import { type FileKind, isPlaced, type PlacedFile, toTemplateName } from './placed-file.ts';

/** Kinds whose files may have any place: what names them follows them. */
const MOVABLE = new Set<FileKind>(['playbook', 'tasks', 'template', 'copy']);

/** Of two files for one place the one nearer to the top gets it, and the other keeps the folders that it has in the source. */
export function keepApart(all: readonly PlacedFile[]): readonly PlacedFile[] {
  const placed = all.filter((each) => !isWrapper(each, all));
  const depth = ({ file }: PlacedFile): number => file.path.split('/').length;
  const taken = new Map<string, PlacedFile>();
  for (const each of placed.filter(isPlaced).sort((a, b) => depth(a) - depth(b)))
    if (!taken.has(each.newPath)) taken.set(each.newPath, each);
  return placed.map((each) => {
    if (!isPlaced(each) || !MOVABLE.has(each.kind) || each.role !== undefined || taken.get(each.newPath) === each) return each;
    const [folder = ''] = each.newPath.split('/');
    const path = each.kind === 'template' ? toTemplateName(each.file.path) : each.file.path;
    return { ...each, newPath: `${folder}/${path}` };
  });
}

/** A playbook that does nothing but import the one of the same name from `playbooks/`: this one takes its place. */
function isWrapper({ file, kind, newPath }: PlacedFile, all: readonly PlacedFile[]): boolean {
  if (kind !== 'playbook' || !all.some((other) => other.file !== file && other.newPath === newPath && other.kind === kind)) return false;
  const lines = (decodeText(file.bytes) ?? '').split('\n');
  const [only = '', more] = lines
    .map((line) => line.replace(/(?:^|\s)#.*|^---\s*$/, '').trim())
    .filter((line) => !/^(?:- name:.*)?$/.test(line));
  const imported = /^(?:- +)?(?:ansible\.builtin\.)?import_playbook: *["']?(?:\.\/)?([^\s"']+)/.exec(only)?.[1];
  return more === undefined && imported !== undefined && join(dirname(file.path), imported) === newPath;
}
