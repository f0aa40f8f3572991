import { basename, dirname, relative, resolve } from 'node:path';
import { type Document, isMap, isSeq } from 'yaml';
import type { AnyModule } from '../../core/module.ts';
import { type ConversionReport, createReport, reportLeft } from '../conversion-report.ts';
import { emptyTranslation } from '../jinja/translation.ts';
import { NotConvertible, rejectConversion } from '../not-convertible.ts';
import { convertTasks } from '../tasks/convert-task.ts';
import type { TaskContext } from '../tasks/task-context.ts';
import { type AnsibleDocument, asMap, findPair, keyOf, readAnsibleYaml, removePair } from '../yaml-nodes.ts';
import { decodeText, listSourceFiles } from './ansible-files.ts';
import { convertInventory, isConnectionVariable } from './convert-inventory.ts';
import { convertPlaybook } from './convert-playbook.ts';
import { convertRoleEntries } from './convert-roles-list.ts';
import { convertTemplateFile } from './convert-template-file.ts';
import { convertVars } from './convert-vars.ts';
import { type PlacedFile, roleName, sortFiles } from './file-kinds.ts';
import { collectNames, type ProjectNames } from './project-names.ts';

/** A file of the swarm project. */
export interface OutputFile {
  readonly path: string;
  readonly content: Buffer | string;
}

/** A converted project, not written yet. */
export interface Conversion {
  readonly files: readonly OutputFile[];
  readonly report: ConversionReport;
}

interface ParsedFile extends PlacedFile {
  readonly yaml?: AnsibleDocument;
  readonly text?: string;
}

const YAML_KINDS = new Set(['playbook', 'tasks', 'handlers', 'vars', 'meta']);

/** Converts a file or a folder of Ansible. Reads the source, writes nothing. */
export function convertProject(source: string, modules: ReadonlyMap<string, AnyModule>): Conversion {
  const report = createReport();
  const skipped = (file: string, reason: string): undefined => reportLeft(report, { file, line: 1, text: '', reason });
  const placed = sortFiles(listSourceFiles(source, skipped), basename(resolve(source)));
  const parsed = placed.filter(({ kind }) => kind !== 'skip').map((each) => parseFile(each, report));
  const documents = parsed.flatMap(({ yaml, kind }) => (yaml === undefined ? [] : [{ yaml, isVars: kind === 'vars' }]));
  const names = collectNames(documents);
  const templates = new Set(
    parsed.filter(({ kind, file }) => kind === 'template' && file.path.endsWith('.j2')).map(({ file }) => basename(file.path)),
  );
  const files = new Map<string, OutputFile>();
  for (const each of parsed) {
    const output = convertFile(each, { report, names, modules, templates, all: parsed });
    if (output !== undefined && files.has(output.path)) skipped(each.file.path, `two files become ${output.path}`);
    else if (output !== undefined) files.set(output.path, output);
  }
  addMissingFiles(files, parsed, basename(resolve(source)));
  return { files: [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1)), report };
}

interface ProjectContext {
  readonly report: ConversionReport;
  readonly names: ProjectNames;
  readonly modules: ReadonlyMap<string, AnyModule>;
  readonly templates: ReadonlySet<string>;
  readonly all: readonly PlacedFile[];
}

function parseFile(placed: PlacedFile, report: ConversionReport): ParsedFile {
  const { file, kind } = placed;
  const text = decodeText(file.bytes);
  if (!YAML_KINDS.has(kind) || text === undefined) return { ...placed, ...(text === undefined ? {} : { text }) };
  try {
    return text.startsWith('$ANSIBLE_VAULT') || text.replace(/^(?:\s*#.*|---)?$/gm, '').trim() === ''
      ? { ...placed, text }
      : { ...placed, text, yaml: readAnsibleYaml(text) };
  } catch (thrown) {
    if (!(thrown instanceof NotConvertible)) throw thrown;
    reportLeft(report, { file: file.path, line: 1, text: '', reason: thrown.message });
    return { ...placed, kind: 'skip', text };
  }
}

function convertFile(parsed: ParsedFile, project: ProjectContext): OutputFile | undefined {
  const { file, kind, target, text, reason } = parsed;
  const { report } = project;
  const leave = (why: string): undefined => void reportLeft(report, { file: file.path, line: 1, text: '', reason: why });
  if (kind === 'skip') return undefined;
  if (kind === 'foreign') return leave(reason ?? '');
  if (kind === 'copy') return { path: target, content: file.bytes };
  if (text === undefined) return kind === 'template' ? { path: target, content: file.bytes } : leave('a file that is no text');
  if (text.startsWith('$ANSIBLE_VAULT')) return { path: target, content: leaveVault(file.path, report) };
  if (kind === 'template') return { path: target, content: convertTemplateFile(text, contextOf(parsed, project)) };
  if (kind === 'inventory') return convertInventoryFile(parsed, text, project);
  if (parsed.yaml === undefined) return { path: target, content: text };
  try {
    return { path: target, content: printDocument(convertYaml(parsed, parsed.yaml, project)) };
  } catch (thrown) {
    if (thrown instanceof NotConvertible) return leave(thrown.message);
    throw thrown;
  }
}

function convertInventoryFile(parsed: ParsedFile, text: string, project: ProjectContext): OutputFile | undefined {
  const { file, target } = parsed;
  const { report } = project;
  if (text.startsWith('#!'))
    return void reportLeft(report, { file: file.path, line: 1, text: '', reason: 'a program: swarm reads what it prints with -i' });
  const content = convertInventory(text, contextOf(parsed, project));
  return content === undefined
    ? void reportLeft(report, { file: file.path, line: 1, text: '', reason: 'a file that is no inventory' })
    : { path: target, content };
}

function contextOf(parsed: ParsedFile, { report, names, modules, templates, all }: ProjectContext): TaskContext {
  const candidates =
    parsed.role === undefined
      ? []
      : all.filter(({ role }) => role === parsed.role).map(({ file, role = '' }) => relative(role, file.path).replace(/\.j2$/, '.hbs'));
  return {
    report,
    modules,
    file: parsed.file.path,
    source: parsed.text ?? '',
    lines: parsed.yaml?.lines ?? EMPTY_LINES,
    translation: { ...emptyTranslation(), ...names, templates },
    isHandlers: parsed.kind === 'handlers',
    candidates,
  };
}

const EMPTY_LINES = { linePos: () => ({ line: 1, col: 1 }) } as unknown as AnsibleDocument['lines'];

function convertYaml(parsed: ParsedFile, yaml: AnsibleDocument, project: ProjectContext): Document {
  const context = contextOf(parsed, project);
  const { document } = yaml;
  switch (parsed.kind) {
    case 'playbook':
      return convertPlaybook(document, context);
    case 'vars':
      if (!isMap(document.contents))
        return document.contents === null ? document : rejectConversion('a file of variables that is no mapping');
      if (/(?:group|host)_vars\//.test(parsed.target)) takeConnectionVariables(document, context);
      convertVars(document.contents, context);
      return document;
    case 'meta':
      return convertMeta(document, context);
    default:
      if (document.contents === null) return document;
      if (!isSeq(document.contents)) return rejectConversion('a file of tasks that is no list');
      convertTasks(document.contents, context);
      return document;
  }
}

/** In group_vars and host_vars: how hosts are reached is written in the inventory. */
function takeConnectionVariables(document: Document, { report, file }: TaskContext): void {
  const map = asMap(document.contents);
  for (const pair of [...(map?.items ?? [])]) {
    if (!isConnectionVariable(keyOf(pair)) || map === undefined) continue;
    removePair(map, pair);
    reportLeft(report, {
      file,
      line: 1,
      text: `${keyOf(pair)}: ${String(pair.value)}`,
      reason: 'how hosts are reached is written in inventory/swarm.yml: user, port, become',
    });
  }
}

/** What swarm reads of meta/main.yml: the dependencies. */
function convertMeta(document: Document, context: TaskContext): Document {
  const map = asMap(document.contents) ?? rejectConversion('meta/main.yml that is no mapping');
  for (const pair of [...map.items]) if (keyOf(pair) !== 'dependencies') removePair(map, pair);
  const list = findPair(map, 'dependencies')?.value;
  if (isSeq(list)) convertRoleEntries(list, context);
  return document;
}

/** A file that is encrypted as a whole: its names are not known. */
function leaveVault(file: string, report: ConversionReport): string {
  reportLeft(report, {
    file,
    line: 1,
    text: '$ANSIBLE_VAULT',
    reason: 'a file of ansible-vault: write its variables as NAME: { secret: { from: "env:NAME" } }',
  });
  return [
    `# ${file} was encrypted with ansible-vault. Write each of its variables like this:`,
    '# db_password: { secret: { from: "env:DB_PASSWORD" } }',
    '{}',
    '',
  ].join('\n');
}

const printDocument = (document: Document): string => document.toString({ lineWidth: 0, flowCollectionPadding: true, nullStr: '' });

/** A role alone gets a playbook that uses it, and a project without hosts an inventory: `swarm check` reads both. */
function addMissingFiles(files: Map<string, OutputFile>, parsed: readonly ParsedFile[], folder: string): undefined {
  const roles = [...new Set([...files.keys()].flatMap((path) => /^roles\/([^/]+)\//.exec(path)?.[1] ?? []))];
  const hasPlaybook = parsed.some(({ kind }) => kind === 'playbook');
  if (!hasPlaybook && roles.length > 0) {
    const name = roles.length === 1 ? (roles[0] ?? 'site') : roleName(folder);
    const list = roles.map((role) => `      - ${role}\n`).join('');
    const path = `playbooks/${name}.yml`;
    files.set(path, {
      path,
      content: `# Runs ${roles.length === 1 ? 'the role' : 'the roles'} that this project was converted from.\nplays:\n  - hosts: all\n    roles:\n${list}`,
    });
  }
  const inventory = 'inventory/swarm.yml';
  if (![...files.keys()].some((path) => dirname(path) === 'inventory'))
    files.set(inventory, {
      path: inventory,
      content: '# Write your hosts like this:\n#   web1: { routes: [ { local: 192.0.2.10 } ] }\nhosts: {}\n',
    });
}
