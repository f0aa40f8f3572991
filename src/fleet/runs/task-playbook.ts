import { TASK_RUN } from '../../core/can-resume.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { AnyModule } from '../../core/module.ts';
import type { Playbook } from '../../core/playbook/playbook-model.ts';
import { unknownNameError } from '../../core/unknown-name.ts';
import type { ModuleSource } from '../../language/playbook/playbook-files.ts';
import { parsePlaybook } from '../../language/playbook/read-playbook.ts';
import { readTypedWord } from '../../language/schema/typed-word.ts';
import { quoteWord } from '../../remote/session/shell-text.ts';
import type { Project } from '../project/project.ts';

interface TaskRequest {
  readonly pattern: string;
  /** The module. */
  readonly name: string;
  readonly words: readonly string[];
  readonly become: boolean;
  /** All that the module returns is kept. */
  readonly printsResult: boolean;
}

/** A playbook of one task: `words` are its arguments, `name=value` or what the module takes alone. Throws SW1202 for a word that is
 *  neither, and what `swarm check` says of a task. */
export async function taskPlaybook(
  { pattern, name, words, become, printsResult }: TaskRequest,
  modules: ModuleSource,
  project: Project,
): Promise<Playbook> {
  const module = await modules.load(name);
  if (module === undefined) throw unknownModuleError({ pattern, name, words }, modules, project);
  const task = { [name]: readWords(name, module, words), ...(printsResult ? { register: 'result' } : {}) };
  const play = { hosts: pattern, name, ...(become ? { become } : {}) };
  // JSON is YAML, and an error shows the task as one line
  const lines = Object.entries(play).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}\n`);
  const text = `plays:\n-${lines.join('').slice(1)}  tasks:\n  - ${JSON.stringify(task)}\n`;
  const playbook = await parsePlaybook(TASK_RUN, text, modules, project.inventory);
  return { ...playbook, name: TASK_RUN, file: '' };
}

function unknownModuleError(
  { pattern, name, words }: Pick<TaskRequest, 'pattern' | 'name' | 'words'>,
  modules: ModuleSource,
  { inventory: { hosts, groups } }: Project,
): SwarmError {
  const names = new Set<string>([...hosts.map((host) => host.name), ...groups]);
  const typed = [name, ...words];
  const first = typed.findIndex((word) => !names.has(word));
  if (first <= 0) return unknownNameError('module', name, modules.names, 'To see the modules, run: swarm modules');
  const task = [[pattern, ...typed.slice(0, first)].join(','), ...typed.slice(first)].map(quoteWord).join(' ');
  return new SwarmError('SW1202', 'The hosts before the module must be one pattern.', { hint: `Write: swarm task ${task}` });
}

function readWords(name: string, { args, freeForm }: AnyModule, words: readonly string[]): unknown {
  const pairs = new Map<string, unknown>();
  const alone: string[] = [];
  for (const word of words) {
    const [, key, value] = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(word) ?? [];
    const typed = key === undefined || value === undefined ? undefined : readTypedWord(args, key, value);
    if (key === undefined || (typed === undefined && freeForm !== undefined)) alone.push(word);
    else if (pairs.has(key)) throw new SwarmError('SW1202', `${key} is given twice`, { hint: 'Give each argument once. A list is [a,b].' });
    else pairs.set(key, typed ?? value);
  }
  if (alone.length > 0 && (freeForm === undefined || pairs.has(freeForm)))
    throw new SwarmError('SW1202', `"${alone[0]}" is not an argument of ${name}.`, {
      hint: `Write name=value. To see the arguments, run: swarm modules ${name}`,
    });
  if (alone.length > 0 && freeForm !== undefined) pairs.set(freeForm, alone.join(' '));
  return Object.fromEntries(pairs);
}
