import type { SwarmError } from '../../core/error/swarm-error.ts';
import { isMapping, type Json, type Vars } from '../../core/json-value.ts';
import type { AnyModule } from '../../core/module.ts';
import type { Task } from '../../core/playbook/step-model.ts';
import { evaluateExpression } from '../../language/expression/evaluate-expression.ts';
import { hasTemplate, renderTemplates } from '../../language/template/template.ts';
import { findRebootCommand } from '../disruption/reboot-filter.ts';
import type { TaskCall } from '../task-call.ts';
import { withoutOmitted } from '../variables/omit.ts';
import { wrongArgsError } from './args-error.ts';

/** Modules whose arguments are commands, and arguments of them that are not. */
const COMMAND_MODULES = new Set(['command', 'shell', 'script', 'raw']);
const NON_COMMAND_ARGS = new Set(['chdir', 'creates', 'removes', 'stdin']);

/** The arguments of a call, and the error for a command among them that would reboot the machine. Throws SW1112 for wrong arguments. */
export async function parseTaskArgs(
  module: AnyModule,
  { task, variables }: TaskCall,
): Promise<{ readonly args: unknown; readonly reboot: SwarmError | undefined }> {
  const written = normalizeArgs(module, task.args);
  const values = evaluateArgs(module, task, written, variables);
  const all = renderTemplates(omitArgs(written, values), variables, {
    at: task.at,
    locate: (path) => task.locate(path),
    shell: module.shellArgs ?? [],
  });
  const rendered = withoutOmitted(values.size === 0 ? all : { ...(all as Vars), ...Object.fromEntries(values) });
  const parsed = await module.args.safeParseAsync(rendered);
  if (parsed.success) return { args: parsed.data, reboot: COMMAND_MODULES.has(task.module) ? findReboot(rendered) : undefined };
  throw wrongArgsError(task, parsed.error.issues[0], written, rendered);
}

/** The values of the args that are conditions or other expressions, by their names.
 *  Only what the playbook itself has is an expression or a template, never a value. */
function evaluateArgs(
  { conditionArgs = [], expressionArgs = [] }: AnyModule,
  task: Task,
  args: Json,
  variables: Vars,
): ReadonlyMap<string, Json> {
  const evaluate = (value: Json, path: readonly PropertyKey[]): Json => {
    if (Array.isArray(value)) return value.map((each, i) => evaluate(each, [...path, i]));
    const at = task.locate(path);
    if (typeof value !== 'string' || hasTemplate(value)) return renderTemplates(value, variables, { at });
    return evaluateExpression({ source: value, at }, variables);
  };
  const given = isMapping(args) ? Object.entries(args).filter(([key]) => [...conditionArgs, ...expressionArgs].includes(key)) : [];
  return new Map(given.map(([key, value]) => [key, evaluate(value, [key])]));
}

const omitArgs = (args: Json, names: ReadonlyMap<string, Json>): Json =>
  isMapping(args) ? Object.fromEntries(Object.entries(args).filter(([key]) => !names.has(key))) : args;

/** `shell: text` is short for `shell: { cmd: text }`. */
function normalizeArgs({ freeForm }: AnyModule, args: Json): Json {
  if (args === null) return {};
  if (typeof args === 'object' && !Array.isArray(args)) return args;
  return freeForm === undefined ? args : { [freeForm]: args };
}

function findReboot(args: Json): SwarmError | undefined {
  const values = typeof args === 'object' && args !== null && !Array.isArray(args) ? Object.entries(args) : [['cmd', args] as const];
  for (const [key, value] of values) {
    if (NON_COMMAND_ARGS.has(key)) continue;
    const words = Array.isArray(value) ? value.map(String) : typeof value === 'string' ? value : [];
    const found = findRebootCommand(words);
    if (found !== undefined) return found;
  }
  return undefined;
}
