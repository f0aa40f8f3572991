import { basename } from 'node:path';
import { type Document, isMap, isSeq, Scalar, visit } from 'yaml';
import { type ConversionReport, reportLeft, reportLeftFile } from '../conversion-report.ts';
import { NotConvertible, rejectConversion } from '../not-convertible.ts';
import { type AnsibleDocument, findLostAliases } from '../read-ansible-yaml.ts';
import { convertTasks } from '../tasks/convert-task.ts';
import type { TaskContext } from '../tasks/task-context.ts';
import { asMap, findPair, keyOf, lineOf, removePair } from '../yaml-nodes.ts';
import { convertInventory, isConnectionVariable } from './convert-inventory.ts';
import { convertPlaybook } from './convert-playbook.ts';
import { convertRoleEntries } from './convert-roles-list.ts';
import { convertTemplateFile } from './convert-template-file.ts';
import { convertVars, secretLineBreak } from './convert-vars.ts';
import { createFileContext, type ProjectContext } from './file-context.ts';
import { leftFile } from './left-file.ts';
import type { ParsedFile } from './parsed-file.ts';

/** A file of the swarm project. */
export interface OutputFile {
  readonly path: string;
  readonly content: Buffer | string;
}

/** What a file becomes. Undefined for one that is skipped or left; the report says why. */
export function convertFile(parsed: ParsedFile, project: ProjectContext): OutputFile | undefined {
  const { file, kind, newPath, text, reason } = parsed;
  const { report } = project;
  const standIn = (why: string): OutputFile => ({ path: newPath, content: leftFile(parsed, why) });
  const leave = (why: string): undefined => reportLeftFile(report, file.path, why);
  if (kind === 'skip') return undefined;
  if (parsed.notConverted !== undefined) return standIn(parsed.notConverted);
  if (kind === 'foreign') return leave(reason ?? '');
  if (kind === 'copy') return { path: newPath, content: file.bytes };
  if (text === undefined && kind === 'template') return { path: newPath, content: file.bytes };
  if (text === undefined) {
    leave('a file that is not text');
    return kind === 'inventory' ? undefined : standIn('a file that is not text');
  }
  if (text.startsWith('$ANSIBLE_VAULT')) return { path: newPath, content: leaveVault(file.path, report) };
  if (kind === 'template') {
    const content = convertTemplateFile(text, createFileContext(parsed, project));
    return hasOnlyMacros(text, content, parsed, project) ? undefined : { path: newPath, content };
  }
  if (kind === 'inventory') return convertInventoryFile(parsed, text, project);
  if (parsed.yaml === undefined) return { path: newPath, content: text };
  try {
    const document = convertYaml(parsed, parsed.yaml, project);
    leaveLostAliases(document, parsed.yaml, file.path, report);
    return { path: newPath, content: printDocument(document) };
  } catch (thrown) {
    if (!(thrown instanceof NotConvertible)) throw thrown;
    leave(thrown.message);
    return standIn(thrown.message);
  }
}

/** A file of macros that stand where they were called: nothing of it is left, and nothing uses it. */
function hasOnlyMacros(text: string, content: string, { file }: ParsedFile, { all }: ProjectContext): boolean {
  if (content.trim() !== '' || !/\{%[-+]?\s*macro\b/.test(text)) return false;
  const name = basename(file.path);
  const use = new RegExp(`(?:include|extends|src|template)[^\\n]*${name.replaceAll('.', '\\.')}`);
  return !all.some((each) => each.text !== undefined && use.test(each.text));
}

function convertInventoryFile(parsed: ParsedFile, text: string, project: ProjectContext): OutputFile | undefined {
  const { file, newPath } = parsed;
  const { report } = project;
  if (text.startsWith('#!')) return reportLeftFile(report, file.path, 'a program: swarm reads what it prints with -i');
  const content = convertInventory(text, createFileContext(parsed, project));
  return content === undefined ? reportLeftFile(report, file.path, 'a file that is not an inventory') : { path: newPath, content };
}

function convertYaml(parsed: ParsedFile, yaml: AnsibleDocument, project: ProjectContext): Document {
  const context = createFileContext(parsed, project);
  const { document } = yaml;
  switch (parsed.kind) {
    case 'playbook':
      return convertPlaybook(document, context);
    case 'vars':
      if (!isMap(document.contents))
        return document.contents === null ? document : rejectConversion('a file of variables that is not a mapping');
      if (/(?:group|host)_vars\//.test(parsed.newPath)) takeConnectionVariables(document, context);
      convertVars(document.contents, context);
      return document;
    case 'meta':
      return convertMeta(document, context);
    default:
      if (document.contents === null) return document;
      if (!isSeq(document.contents)) return rejectConversion('a file of tasks that is not a list');
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
  const map = asMap(document.contents) ?? rejectConversion('meta/main.yml that is not a mapping');
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
    reason:
      'a file of ansible-vault: write its variables as NAME: { secret: { from: "env:NAME" } }; the last line break goes, {{ end_line NAME }} puts it back',
  });
  return [
    `# ${file} was encrypted with ansible-vault. Write each of its variables like this:`,
    '# db_password: { secret: { from: "env:DB_PASSWORD" } }',
    `# ${secretLineBreak('db_password')}.`,
    '{}',
    '',
  ].join('\n');
}

/** An alias whose anchor is in a part that is left stands for nothing. */
function leaveLostAliases(document: Document, { lines }: AnsibleDocument, file: string, report: ConversionReport): void {
  const lost = new Set<unknown>(findLostAliases(document));
  if (lost.size === 0) return;
  const reason = 'its anchor is in a part that is not converted';
  visit(document, {
    Alias(_, alias) {
      if (!lost.has(alias)) return undefined;
      reportLeft(report, { file, line: lineOf(alias, lines), text: `*${alias.source}`, reason });
      return new Scalar(`{{ not_converted "*${alias.source}" "${reason}" }}`);
    },
  });
}

const printDocument = (document: Document): string => document.toString({ lineWidth: 0, flowCollectionPadding: true, nullStr: '' });
