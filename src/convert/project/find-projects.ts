import { dirname, join } from 'node:path';
import { type AnsibleFile, decodeText } from './ansible-files.ts';
import { hasPlay, isOfTools } from './file-kinds.ts';

/** Folders that stand beside the playbooks of a project. */
const PROJECT_FOLDERS = new Set(['roles', 'playbooks', 'group_vars', 'host_vars', 'inventory', 'inventories']);
const YAML = /\.ya?ml$/;
/** A role that is not below roles/: who converts a folder of roles wants one project with all of them. */
const LONE_ROLE = /^(?!(?:.*\/)?roles\/).*(?:^|\/)tasks\/main\.ya?ml$/;

/** The folders that are Ansible projects, below the one that is converted: '' for itself. Several where it holds nothing of Ansible itself, and
 *  its folders are projects that do not name files of each other. */
export function findProjects(files: readonly AnsibleFile[]): readonly string[] {
  const own = files.filter(({ path }) => !isOfTools(path));
  if (own.some(({ path }) => LONE_ROLE.test(path))) return [''];
  const marked = new Set(own.flatMap(markedFolder));
  const roots = [...new Set(own.flatMap(({ path }) => (path.includes('/') ? [topOf(path)] : [])))].flatMap(
    (folder) => projectIn(folder, marked) ?? [],
  );
  if (marked.has('') || roots.length === 0) return [''];
  return roots.some((root) => leadsOut(root, own)) ? [''] : roots;
}

/** The first part of a path. */
export const topOf = (path: string): string => path.split('/')[0] ?? '';

/** The folder that a file shows to be a project. */
function markedFolder({ path, bytes }: AnsibleFile): readonly string[] {
  const parts = path.split('/');
  const at = parts.findIndex((part, i) => i < parts.length - 1 && PROJECT_FOLDERS.has(part));
  if (at >= 0) return [parts.slice(0, at).join('/')];
  const isPlay = YAML.test(path) && hasPlay(decodeText(bytes) ?? '');
  const folder = dirname(path);
  return isPlay || parts.at(-1) === 'ansible.cfg' ? [folder === '.' ? '' : folder] : [];
}

/** The project in a folder: the folder itself, or the only one in it that is one. Undefined where there is none. */
function projectIn(folder: string, marked: ReadonlySet<string>): string | undefined {
  const inside = [...marked].filter((each) => each === folder || each.startsWith(`${folder}/`));
  if (inside.length === 0) return undefined;
  const parts = inside.map((each) => each.split('/'));
  const [first = []] = parts;
  const shared = first.findIndex((part, i) => parts.some((each) => each[i] !== part));
  return first.slice(0, shared < 0 ? first.length : shared).join('/');
}

/** Whether a file of the project names one that is outside of it. */
function leadsOut(root: string, files: readonly AnsibleFile[]): boolean {
  return files.some(({ path, bytes }) => {
    if (!path.startsWith(`${root}/`) || !/\.(?:ya?ml|cfg|j2)$/.test(path)) return false;
    const names = decodeText(bytes)?.match(/(?:\.\.\/)+[\w./-]+/g) ?? [];
    const outside = names.map((name) => join(dirname(path), name)).filter((each) => !`${each}/`.startsWith(`${root}/`));
    return outside.some((each) => files.some((file) => `${file.path}/`.startsWith(`${each.replace(/\/$/, '')}/`)));
  });
}
