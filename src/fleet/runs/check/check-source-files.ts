import { existsSync, readFileSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { fileError } from '../../../core/error/convert-error.ts';
import { SwarmError } from '../../../core/error/swarm-error.ts';
import { isMapping, type Json, type Vars } from '../../../core/json-value.ts';
import { ownValue } from '../../../core/own-value.ts';
import type { Playbook } from '../../../core/playbook/playbook-model.ts';
import { sourceFolders } from '../../../core/playbook/source-folders.ts';
import { listTasks, type Task } from '../../../core/playbook/step-model.ts';
import { packageRoot } from '../../../core/program/package-root.ts';
import { findTemplateFileProblems, hasTemplate, renderTemplates } from '../../../language/template/template.ts';
import { decodeFile } from '../../../language/yaml/text-encoding.ts';

/** Where the files of tasks are searched, beside the folders of a role. */
export interface SourceFolders {
  readonly files: readonly string[];
  readonly templates: readonly string[];
}

const FOLDERS: Readonly<Record<string, keyof SourceFolders>> = {
  ...{ assemble: 'files', copy: 'files', push: 'files', script: 'files', sync: 'files', unarchive: 'files', uri: 'files' },
  template: 'templates',
};

/** Finds the files of this machine that a task names: SW1112 where one does not exist, and SW1113 for a template that does not parse. A
 *  name that depends on what is not in `vars` is left alone; without `vars` any name with a template is. */
export function checkSourceFiles(task: Task, folders: SourceFolders, vars: (() => Vars) | undefined): readonly SwarmError[] {
  const folder = ownValue(FOLDERS, task.module);
  if (folder === undefined) return [];
  return listSources(task).flatMap(({ src, path }) =>
    listNames(task, src, vars).flatMap((name) => checkSourceFile(task, name, path, { folder, folders })),
  );
}

/** The template files of this machine that a task names, as far as `vars` tells them. */
export function findTemplateFiles(task: Task, folders: SourceFolders, vars: (() => Vars) | undefined): readonly string[] {
  if (task.module !== 'template') return [];
  const names = listSources(task).flatMap(({ src }) => listNames(task, src, vars));
  return names.flatMap((name) => {
    if (name === '' || isAbsolute(name) || name.includes('{{')) return [];
    return (
      sourceFolders('templates', task.role, folders.templates)
        .map((each) => join(each, name))
        .find((each) => existsSync(each)) ?? []
    );
  });
}

/** What an argument of a task names on this machine. */
interface NamedSource {
  readonly src: string;
  readonly path: readonly PropertyKey[];
}

function listSources({ module, args }: Task): readonly NamedSource[] {
  if (typeof args === 'string') return module === 'script' ? [{ src: args, path: [] }] : [];
  if (!isMapping(args)) return [];
  if (module === 'push') return 'rollback' in args ? [] : listTrees(args['trees']); // a rollback needs no source
  const { src } = args;
  return typeof src !== 'string' || isOnHost(module, args) ? [] : [{ src, path: ['src'] }];
}

const listTrees = (trees: Json | undefined): readonly NamedSource[] =>
  (Array.isArray(trees) ? (trees as Json[]) : []).flatMap((tree, index) => {
    const source = isMapping(tree) ? tree['source'] : undefined;
    return typeof source === 'string' ? [{ src: source, path: ['trees', index, 'source'] }] : [];
  });

/** What it names is on the host, behind a URL, or needed only where something is missing. */
const isOnHost = (module: string, args: Vars): boolean =>
  module === 'assemble' ? args['remote_src'] !== false : 'remote_src' in args || 'creates' in args;

/** What `src:` names: more than one file where the task has a loop over a list that is written there. */
function listNames({ loop, loopVar, at }: Task, src: string, vars: (() => Vars) | undefined): readonly string[] {
  if (!hasTemplate(src)) return [src];
  if (vars === undefined) return [];
  const scopes = Array.isArray(loop) ? (loop as Json[]).map((value) => ({ ...vars(), [loopVar]: value })) : [vars()];
  return scopes.flatMap((scope) => {
    try {
      const name = renderTemplates(src, scope, { at });
      return typeof name === 'string' ? [name] : [];
    } catch {
      return []; // something in it is known only in the run
    }
  });
}

function checkSourceFile(
  task: Task,
  src: string,
  path: readonly PropertyKey[],
  { folder, folders }: { readonly folder: keyof SourceFolders; readonly folders: SourceFolders },
): readonly SwarmError[] {
  if (src === '' || src.includes('{{') || src.includes('://')) return [];
  const subject = `${task.module}.${String(path.at(-1) ?? 'src')}`;
  const candidates = isAbsolute(src) ? [src] : sourceFolders(folder, task.role, folders[folder]).map((each) => join(each, src));
  const file = candidates.find((each) => existsSync(each));
  if (file === undefined) {
    const hint = missingFileHint(src, candidates);
    return [new SwarmError('SW1112', `${subject}: no such file on this machine: ${src}`, { at: task.locate(path), hint })];
  }
  const wrong = describeKind(task.module, file);
  if (wrong !== undefined)
    return [new SwarmError('SW1112', `${subject}: ${file} ${wrong.why}`, { at: task.locate(path), hint: wrong.hint })];
  return folder === 'templates' ? checkTemplate(file) : [];
}

/** Why a module cannot take what is there; `copy` takes a file and a folder. */
function describeKind(module: string, file: string): { readonly why: string; readonly hint: string } | undefined {
  const stat = statSync(file);
  if (['assemble', 'push', 'sync'].includes(module))
    return stat.isDirectory() ? undefined : { why: 'is not a folder', hint: 'For a single file use the copy module.' };
  return module === 'copy' || stat.isFile() ? undefined : { why: 'is not a file', hint: 'Name a file.' };
}

function checkTemplate(file: string): readonly SwarmError[] {
  try {
    return findTemplateFileProblems(decodeFile(readFileSync(file), file), file);
  } catch (thrown) {
    return [fileError(thrown, file)];
  }
}

/** Where to put the file; or the file of nearly the same name, for who writes `site.conf` or `site.conf.j2` for `site.conf.hbs`. */
function missingFileHint(src: string, candidates: readonly string[]): string {
  const bare = (name: string): string => name.replace(/\.(?:j2|hbs)$/, '');
  const hasEnding = (ending: string) => (each: string) => existsSync(`${bare(each)}${ending}`);
  if (candidates.some(hasEnding('.hbs'))) return `Write: src: ${bare(src)}.hbs`;
  const jinja = candidates.find(hasEnding('.j2'));
  if (jinja !== undefined) return `This is a template of Jinja. Run: swarm convert ${bare(jinja)}.j2 --to FOLDER`;
  const own = candidates.filter((each) => !each.startsWith(join(packageRoot(), 'templates'))); // an update of swarm removes what is there
  return own.length === 1 ? `Make the file ${own[0]}.` : `Put the file at one of these paths: ${own.join(', ')}.`;
}

/** True where a task of the playbook may make files on this machine, which nobody can look for before the run. */
export const makesLocalFiles = ({ plays }: Playbook): boolean =>
  plays.some(
    ({ hosts, steps, handlers }) =>
      hosts === 'localhost' ||
      listTasks([...steps, ...handlers]).some(({ module, delegateTo }) => module === 'fetch' || delegateTo === 'localhost'),
  );
