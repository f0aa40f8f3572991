import { basename, dirname, resolve } from 'node:path';
import { namesFile } from '../../core/files/names-file.ts';
import type { AnyModule } from '../../core/module.ts';
import { addReport, type ConversionReport, createReport, reportLeftFile } from '../conversion-report.ts';
import { type AnsibleFile, listSourceFiles } from './ansible-files.ts';
import { convertFile, type OutputFile } from './convert-file.ts';
import { convertedRole, projectRoleName, sortFiles } from './file-kinds.ts';
import { findProjects, topOf } from './find-projects.ts';
import { inventoryFolder } from './inventory-folder.ts';
import { type ParsedFile, parseAnsibleFile } from './parsed-file.ts';
import { collectNames } from './project-names.ts';

/** Converted projects, not written yet. */
export interface Conversion {
  readonly files: readonly OutputFile[];
  readonly report: ConversionReport;
  /** The folders of the projects, below the one that they are written to: '' where the only project is that folder itself. */
  readonly projects: readonly string[];
}

/** Converts a file or a folder of Ansible. A folder that only holds projects becomes a folder of projects. Reads the source, writes nothing. */
export function convertProject(source: string, modules: ReadonlyMap<string, AnyModule>): Conversion {
  const report = createReport();
  const sources = listSourceFiles(source, (file, reason) => reportLeftFile(report, file, reason));
  const folders = findProjects(sources);
  const isAlone = folders.length === 1;
  const files = folders.flatMap((folder) => {
    const within = folder === '' ? '' : `${folder}/`;
    const below = sources.filter(({ path }) => path.startsWith(within)).map((file) => ({ ...file, path: file.path.slice(within.length) }));
    const own = createReport();
    const converted = convertFiles(below, basename(resolve(source, folder)), modules, own);
    addReport(report, own, within);
    return isAlone ? converted : converted.map((file) => ({ ...file, path: `${topOf(folder)}/${file.path}` }));
  });
  return { files, report, projects: isAlone ? [''] : folders.map(topOf) };
}

/** Converts the files of one project. `name`: that of its folder. */
function convertFiles(
  sources: readonly AnsibleFile[],
  name: string,
  modules: ReadonlyMap<string, AnyModule>,
  report: ConversionReport,
): readonly OutputFile[] {
  const placed = sortFiles(sources, name);
  const read = placed.filter(({ kind }) => kind !== 'skip').map((each) => parseAnsibleFile(each, report));
  const parsed = read.filter((each) => !isUnnamedMapping(each, read));
  const documents = parsed.flatMap(({ yaml, kind }) => (yaml === undefined ? [] : [{ yaml, isVars: kind === 'vars' }]));
  const names = collectNames(documents);
  const templates = new Set(
    parsed.filter(({ kind, file }) => kind === 'template' && file.path.endsWith('.j2')).map(({ file }) => basename(file.path)),
  );
  const inventory = inventoryFolder(parsed);
  const files = new Map<string, OutputFile>();
  for (const each of parsed) {
    const output = convertFile(each, { report, names, modules, templates, all: parsed, inventory });
    if (output !== undefined && files.has(output.path)) reportLeftFile(report, each.file.path, `two files become ${output.path}`);
    else if (output !== undefined) files.set(output.path, output);
  }
  addMissingFiles(files, parsed, name);
  return [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** A mapping beside the playbooks that no other file names: settings of another program, not variables. */
const isUnnamedMapping = ({ kind, newPath, file }: ParsedFile, all: readonly ParsedFile[]): boolean =>
  kind === 'vars' &&
  newPath.startsWith('playbooks/') &&
  !all.some(({ text, file: other }) => other !== file && namesFile(text ?? '', basename(file.path)));

/** A role alone gets a playbook that uses it, and a project without hosts an inventory: `swarm check` reads both. */
function addMissingFiles(files: Map<string, OutputFile>, parsed: readonly ParsedFile[], folder: string): undefined {
  const roles = [...new Set([...files.keys()].flatMap((path) => convertedRole(path) ?? []))];
  const hasPlaybook = parsed.some(({ kind }) => kind === 'playbook');
  if (!hasPlaybook && roles.length > 0) {
    const name = roles.length === 1 ? (roles[0] ?? 'site') : projectRoleName(folder);
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
