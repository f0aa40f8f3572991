import { dirname, join, relative } from 'node:path';
import { roleName } from './file-kinds.ts';
import type { ParsedFile } from './parsed-file.ts';
import { isPlaced, toTemplateName } from './placed-file.ts';

/** What a file is named as: it says which folders of a role are searched. */
export type NamedAs = 'tasks' | 'vars' | 'files' | 'templates' | 'playbooks' | 'vars_files';

const PLAYBOOK_DIR = /^\{\{\s*playbook_dir\s*\}\}\//;

/** How a converted file names another one that the conversion moves. Undefined where the name may stay, and where no file has it. A name with a
 *  template is judged by the folder before it. */
export function findMovedPath(written: string, as: NamedAs, from: ParsedFile, all: readonly ParsedFile[]): string | undefined {
  const fromPlaybook = PLAYBOOK_DIR.test(written);
  const name = written.replace(PLAYBOOK_DIR, '');
  const open = name.indexOf('{{');
  const fixed = open === -1 ? name : name.slice(0, name.lastIndexOf('/', open) + 1);
  if (fixed === '' || fixed.startsWith('/')) return undefined;
  const playbooks = [...new Set(all.filter(({ kind }) => kind === 'playbook').map(({ file }) => dirname(file.path)))].sort();
  const origins = fromPlaybook
    ? playbooks
    : [...ownFolders(from.file.path, from.role, as), ...playbooks.flatMap((dir) => [join(dir, as), dir])];
  const found = origins.flatMap((origin) => movedTo(join(origin, fixed), open === -1, all) ?? [])[0];
  if (found === undefined) return undefined;
  const role = from.role === undefined ? undefined : join('roles', roleFolderName(from));
  const searched = fromPlaybook ? ['playbooks'] : [...ownFolders(from.newPath, role, as), ...(SHARED[as] ?? [])];
  const renamed = as === 'templates' ? toTemplateName(fixed) : fixed;
  if (searched.some((folder) => join(folder, renamed) === found)) return undefined;
  const path = relative(searched[0] ?? '', found);
  return `${fromPlaybook ? '{{ playbook_dir }}/' : ''}${path}${found.endsWith('/') ? '/' : ''}${name.slice(fixed.length)}`;
}

/** The folders that are searched for every role and playbook of the converted project. `vars_files` and `import_playbook` start at their file. */
const SHARED: Readonly<Partial<Record<NamedAs, readonly string[]>>> = {
  tasks: ['playbooks'],
  vars: ['playbooks/vars', 'playbooks'],
  files: ['files', '.'],
  templates: ['templates'],
};

const isSent = (as: NamedAs): boolean => as === 'files' || as === 'templates';

/** The name of the role that a file is in, as the converted project has it. */
const roleFolderName = ({ role = '', newPath }: ParsedFile): string => (role === '' ? (newPath.split('/')[1] ?? '') : roleName(role));

/** The folders that are searched first: those of the role, and the one of the file itself. */
function ownFolders(path: string, role: string | undefined, as: NamedAs): readonly string[] {
  if (isSent(as)) return role === undefined ? [] : [join(role, as), role];
  return role === undefined ? [dirname(path)] : [dirname(path), join(role, as), role];
}

/** Where a file or a folder is after the conversion; a folder ends with a slash. */
function movedTo(path: string, isFile: boolean, all: readonly ParsedFile[]): string | undefined {
  for (const { kind, file, newPath } of all.filter(isPlaced)) {
    if (file.path === path) return newPath;
    const below = file.path.slice(path.length);
    const kept = kind === 'template' ? toTemplateName(below) : below;
    if (!isFile && file.path.startsWith(path) && newPath.endsWith(kept)) return newPath.slice(0, newPath.length - kept.length);
  }
  return undefined;
}
