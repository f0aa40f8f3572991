import { readLocalFileSync } from '../../../core/files/read-local-file.ts';
import { readYaml } from '../../yaml/read-yaml.ts';
import { KEYWORD_MODULES } from '../steps/keyword-modules.ts';
import { toModuleName } from './module-name.ts';
import { isRecord } from './raw-step.ts';

const ONLY_IN_PLAYS = ['hosts', 'import_playbook', 'pre_tasks', 'roles', 'tasks', 'post_tasks', 'handlers'];
const ONLY_IN_TASKS = new Set([...Object.keys(KEYWORD_MODULES), 'block', 'import_tasks', 'import_role', 'meta']);

/** Whether a value of YAML is a list of tasks where a playbook is wanted: no entry is a play, and each has a module. */
export function isTaskList(value: unknown, moduleNames: ReadonlySet<string>): boolean {
  const isTask = (key: string): boolean => ONLY_IN_TASKS.has(toModuleName(key)) || moduleNames.has(toModuleName(key));
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((entry) => isRecord(entry) && !ONLY_IN_PLAYS.some((key) => Object.hasOwn(entry, key)) && Object.keys(entry).some(isTask))
  );
}

/** The same of a file, which can be read. */
export const isTaskFile = (file: string, moduleNames: readonly string[]): boolean =>
  isTaskList(readYaml(readLocalFileSync(file), file).source.value, new Set(moduleNames));
