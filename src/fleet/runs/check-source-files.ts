import { existsSync, readFileSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { fileError } from '../../core/error/convert-error.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Json, Vars } from '../../core/json-value.ts';
import type { Playbook } from '../../core/playbook/playbook-model.ts';
import { sourceFolders } from '../../core/playbook/source-folders.ts';
import { listTasks, type Task } from '../../core/playbook/step-model.ts';
import { findTemplateFileProblems, hasTemplate } from '../../language/template/template.ts';
import { decodeFile } from '../../language/yaml/text-encoding.ts';

/** Where the files of tasks are searched, beside the folders of a role. */
export interface SourceFolders {
  readonly files: readonly string[];
  readonly templates: readonly string[];
}

const FOLDERS: Readonly<Record<string, keyof SourceFolders>> = { copy: 'files', script: 'files', template: 'templates' };

/** Finds the file of this machine that a task names: SW1112 where it does not exist, and SW1113 for a template that does not parse. A
 *  name with a template in it is left alone, and an absolute one too. */
export function checkSourceFile(task: Task, folders: SourceFolders): readonly SwarmError[] {
  const folder = FOLDERS[task.module];
  const { src, path } = findSrc(task.args, task.module === 'script');
  if (folder === undefined || typeof src !== 'string' || src === '' || hasTemplate(src) || isAbsolute(src)) return [];
  const candidates = sourceFolders(folder, task.role, folders[folder]).map((each) => join(each, src));
  const file = candidates.find((each) => existsSync(each));
  if (file === undefined) {
    const hint = missingFileHint(src, candidates);
    return [new SwarmError('SW1112', `${task.module}.src: no such file on this machine: ${src}`, { at: task.locate(path), hint })];
  }
  return folder === 'templates' ? checkTemplate(task, file, path) : [];
}

function checkTemplate(task: Task, file: string, path: readonly string[]): readonly SwarmError[] {
  if (!statSync(file).isFile())
    return [new SwarmError('SW1112', `template.src: ${file} is not a file`, { at: task.locate(path), hint: 'Name a file.' })];
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
  return `Put the file at one of these paths: ${candidates.join(', ')}.`;
}

function findSrc(args: Json, isFreeForm: boolean): { readonly src?: Json | undefined; readonly path: readonly string[] } {
  if (typeof args === 'string' && isFreeForm) return { src: args, path: [] };
  const src = typeof args === 'object' && args !== null && !Array.isArray(args) ? (args as Vars)['src'] : undefined;
  return { src, path: ['src'] };
}

/** True where a task of the playbook may make files on this machine, which nobody can look for before the run. */
export const makesLocalFiles = ({ plays }: Playbook): boolean =>
  plays.some(
    ({ hosts, steps, handlers }) =>
      hosts === 'localhost' ||
      listTasks([...steps, ...handlers]).some(({ module, delegateTo }) => module === 'fetch' || delegateTo === 'localhost'),
  );
