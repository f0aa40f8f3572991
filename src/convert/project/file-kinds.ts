import { basename, dirname, join } from 'node:path';
import { ownValue } from '../../core/own-value.ts';
import { type AnsibleFile, decodeText } from './ansible-files.ts';
import { keepApart } from './keep-apart.ts';
import { type FileKind, type PlacedFile, toTemplateName } from './placed-file.ts';

const YAML = /\.ya?ml$/;
const ROLE_FOLDERS: Readonly<Record<string, FileKind>> = {
  tasks: 'tasks',
  handlers: 'handlers',
  defaults: 'vars',
  vars: 'vars',
  meta: 'meta',
  templates: 'template',
  files: 'copy',
};
const FOREIGN: Readonly<Record<string, string>> = {
  library: 'a module of Ansible in Python: write it as modules/NAME.ts, or run it with the module script',
  filter_plugins: 'filters of Ansible in Python',
  plugins: 'a plug-in of Ansible',
  module_utils: 'code of modules of Ansible',
  action_plugins: 'a plug-in of Ansible',
  lookup_plugins: 'a plug-in of Ansible',
  callback_plugins: 'a plug-in of Ansible',
};

/** Each file with what it is. `name`: the name of the folder, which is that of a role that is converted alone. */
export function sortFiles(files: readonly AnsibleFile[], name: string): readonly PlacedFile[] {
  const roles = findRoles(files);
  const single = roles.includes('');
  const named = findNamedVars(files);
  const placed = files
    .map((file) => placeFile(file, roles, single ? projectRoleName(name) : undefined))
    .map((each) => (named.has(each.file.path) && each.kind !== 'vars' ? placeNamedVars(each) : each));
  return keepApart(placed);
}

const VARS_FILES = /^([ \t]*)(?:- )?vars_files:[ \t]*\n((?:\1[ \t]*-.*\n|[ \t]*#.*\n|[ \t]*\n)+)/gm;

/** The files that `vars_files` of a playbook names, whatever their ending is. */
function findNamedVars(files: readonly AnsibleFile[]): ReadonlySet<string> {
  const playbooks = files.filter(({ path }) => YAML.test(path)).map(({ path, bytes }) => ({ path, text: decodeText(bytes) ?? '' }));
  return new Set(
    playbooks.flatMap(({ path, text }) =>
      [...text.matchAll(VARS_FILES)]
        .flatMap(([, , list = '']) => [...list.matchAll(/^\s*-\s+(["']?)([^\s"'#[{]+)\1\s*(?:#.*)?$/gm)])
        .map(([, , name = '']) => join(dirname(path), name)),
    ),
  );
}

const placeNamedVars = ({ file }: PlacedFile): PlacedFile => ({
  file,
  kind: 'vars',
  newPath: `playbooks/${file.path.replace(/^playbooks\//, '')}`,
});

const IN_ROLE = `(?:${Object.keys(ROLE_FOLDERS).join('|')})`;
const BELOW_ROLES = new RegExp(`^((?:.*/)?roles/[^/]+(?:/[^/]+)*?)/${IN_ROLE}/`);
const CONVERTED_ROLE = new RegExp(`^roles/(.+?)/${IN_ROLE}/`);

/** The name of the role that a file of the converted project belongs to. */
export const convertedRole = (path: string): string | undefined => CONVERTED_ROLE.exec(path)?.[1];

/** Folders that are roles: those with tasks/main.yml, and those below roles/. */
function findRoles(files: readonly AnsibleFile[]): readonly string[] {
  const found = new Set<string>();
  for (const { path } of files) {
    const main = /^(.*?)(?:^|\/)(?:tasks|meta)\/main\.ya?ml$/.exec(path);
    if (main !== null) found.add(main[1] ?? '');
    const below = BELOW_ROLES.exec(path);
    if (below?.[1] !== undefined) found.add(below[1]);
  }
  return [...found].sort((a, b) => b.length - a.length);
}

/** The name of a role that is a project of its own: `ansible-role-nginx` is `nginx`. */
export const projectRoleName = (folder: string): string =>
  folder.replace(/^ansible[-_.](?:role[-_.])?/, '').replace(/^role[-_.]/, '') || 'main';

/** The name of a role by its folder: `roles/kubernetes/node` is `kubernetes/node`. */
export const roleName = (folder: string): string => {
  const [, ...below] = folder.split(/(?:^|\/)roles\//);
  return below.at(-1) ?? basename(folder);
};

function placeFile(file: AnsibleFile, roles: readonly string[], single: string | undefined): PlacedFile {
  const { path } = file;
  const role = roles.find((each) => each === '' || path.startsWith(`${each}/`));
  if (role !== undefined) {
    const inRole = role === '' ? path : path.slice(role.length + 1);
    const placed = placeRoleFile(file, inRole, role === '' ? (single ?? 'main') : roleName(role));
    if (placed !== undefined) return { ...placed, role };
    if (role !== '') return { file, kind: 'skip', newPath: '' };
  }
  return placeProjectFile(file, single !== undefined);
}

function placeRoleFile(file: AnsibleFile, inRole: string, name: string): PlacedFile | undefined {
  const [folder = '', ...rest] = inRole.split('/');
  const newPath = `roles/${name}/${inRole}`;
  if (Object.hasOwn(FOREIGN, folder)) return { file, kind: 'foreign', newPath, reason: FOREIGN[folder] ?? '' };
  const kind = rest.length > 0 ? ownValue(ROLE_FOLDERS, folder) : undefined;
  if (kind === undefined) return undefined;
  if (kind === 'meta') return { file, kind: /^main\.ya?ml$/.test(rest.join('/')) ? 'meta' : 'skip', newPath };
  if (kind === 'template') return { file, kind, newPath: toTemplateName(newPath) };
  if (kind !== 'copy' && !YAML.test(inRole)) return { file, kind: kind === 'vars' && !/\.\w+$/.test(inRole) ? kind : 'copy', newPath };
  return { file, kind, newPath };
}

const INVENTORY_FOLDER = /^(?:inventory|inventories|hosts|environments)\//;
const TOOL_FILES =
  /^(?:\.|README|LICEN[CS]E|CHANGELOG|CONTRIBUTING|Makefile|Vagrantfile|Dockerfile|tox\.ini|setup\.(?:py|cfg|sh)$|Pipfile|package(?:-lock)?\.json|galaxy\.yml|pyproject\.toml|renovate)/i;
/** Folders of tools, which a playbook does not need. */
const TOOL_FOLDER = /(?:^|\/)(?:tests?|docs?|changelogs|examples?|ci|scripts)\//;
/** Whether a file is in a folder of tools. */
export const isOfTools = (path: string): boolean => TOOL_FOLDER.test(path);
/** What a playbook sends to hosts: every file below files/ and templates/, whatever its name. */
const SENT_FILE = /^(?<before>(?:.*?\/)?)(?<folder>files|templates)\/(?<below>.+)$/s;

function placeSentFile(file: AnsibleFile, { folder = '', below = '' }: Readonly<Record<string, string>>): PlacedFile {
  const newPath = `${folder}/${below}`;
  return folder === 'files' ? { file, kind: 'copy', newPath } : { file, kind: 'template', newPath: toTemplateName(newPath) };
}

function placeProjectFile(file: AnsibleFile, isRole: boolean): PlacedFile {
  const { path } = file;
  const name = basename(path);
  const [top = ''] = path.split('/');
  if (/^requirements(?:[-_.]\w+)?\.ya?ml$/.test(name))
    return { file, kind: 'foreign', newPath: path, reason: 'roles and collections of Galaxy: fetch the roles, and convert them too' };
  if (name === 'ansible.cfg')
    return { file, kind: 'foreign', newPath: path, reason: 'settings of Ansible: swarm has options, and settings in the inventory' };
  if (Object.hasOwn(FOREIGN, top)) return { file, kind: 'foreign', newPath: path, reason: FOREIGN[top] ?? '' };
  if (isRole || /(?:^|\/)inventory\/known_hosts$/.test(path)) return { file, kind: 'skip', newPath: '' }; // the pins of swarm, which belong to one project
  const sent = SENT_FILE.exec(path)?.groups;
  if (sent !== undefined && !TOOL_FOLDER.test(`${sent['before']}/`)) return placeSentFile(file, sent);
  if (TOOL_FILES.test(path) || TOOL_FOLDER.test(path) || /\.(?:md|rst|toml|lock|sh|py|txt)$/.test(name))
    return { file, kind: 'skip', newPath: '' };
  const vars = /(?:^|\/)((?:group|host)_vars\/.*)$/.exec(path)?.[1];
  if (vars !== undefined) return { file, kind: 'vars', newPath: `${varsFolder(path)}${vars.replace(/(\/[^/.]+)$/, '$1.yml')}` };
  if (
    INVENTORY_FOLDER.test(path) ||
    /^(?:hosts|inventory|production|staging)(?:\.(?:ini|ya?ml|cfg))?$/.test(path) ||
    (name.endsWith('.ini') && !isSettings(file)) ||
    /^(?:[\w-]+[-_.])?(?:hosts|inventory)(?:[-_.][\w-]+)?\.ya?ml$/.test(path)
  )
    return { file, kind: 'inventory', newPath: `${environmentOf(path)}/swarm.yml` };
  if (name.endsWith('.j2')) return { file, kind: 'template', newPath: `templates/${toTemplateName(path)}` };
  if (!YAML.test(name)) return { file, kind: 'skip', newPath: '' };
  return { file, kind: kindOfYaml(file), newPath: `playbooks/${path.replace(/^playbooks\//, '')}` };
}

/** Whether an INI file has the settings of a program, such as `testpaths = tests`: no host has a name that a value follows. */
function isSettings({ bytes }: AnsibleFile): boolean {
  const [first = '', ...sections] = (decodeText(bytes) ?? '').split(/^\s*\[/m);
  return [first, ...sections.filter((each) => !/^[^\]\n]*:vars\]/.test(each))].some((each) => /^[\w.-]+[ \t]*=/m.test(each));
}

/** The folder of an inventory: `inventories/production/hosts` is one of several. */
function environmentOf(path: string): string {
  const several = /^(?:inventories|environments|inventory)\/([^/]+)\//.exec(path)?.[1];
  return several === undefined || several === 'group_vars' || several === 'host_vars' ? 'inventory' : `inventories/${several}`;
}

/** Variables beside the playbooks count for every inventory, so they stay in the project; those beside an inventory stay beside it. */
const varsFolder = (path: string): string => (INVENTORY_FOLDER.test(path) ? `${environmentOf(path)}/` : '');

function kindOfYaml({ bytes, path }: AnsibleFile): FileKind {
  const text = decodeText(bytes)?.slice(0, 256 * 1024);
  if (text === undefined) return 'playbook'; // whatever it is, it is reported as no text
  if (hasPlay(text)) return 'playbook';
  if (/^-\s/m.test(text)) return /(?:^|\/)handlers?(?:\/|\.)/.test(path) ? 'handlers' : 'tasks';
  return dirname(path) === '.' && !/^\w+:/m.test(text) ? 'skip' : 'vars';
}

const PLAY_KEY = /^(?:hosts|import_playbook|ansible\.builtin\.import_playbook):/;

/** Whether an entry of the list at the top has a key of a play. */
export function hasPlay(text: string): boolean {
  let column: number | undefined; // of the keys of the entry; 0: not known yet
  for (const line of text.split('\n')) {
    const key = line.search(/[^\s-]/);
    if (/^-(?:\s|$)/.test(line)) column = Math.max(key, 0);
    else if (/^\S/.test(line) && !line.startsWith('#')) column = undefined;
    if (column === undefined || key < 0) continue;
    column ||= key;
    if (key === column && PLAY_KEY.test(line.slice(key))) return true;
  }
  return false;
}
