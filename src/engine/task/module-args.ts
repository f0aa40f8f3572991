import type { SwarmError } from '../../core/error/swarm-error.ts';
import type { Json, Vars } from '../../core/json-value.ts';
import type { AnyModule } from '../../core/module.ts';
import type { Task } from '../../core/playbook/step-model.ts';
import { evaluateExpression } from '../../language/expression/expression.ts';
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
  const written = normalizeArgs(module, evaluateConditions(module, task, variables));
  const all = renderTemplates(written, variables, {
    at: task.at,
    locate: (path) => task.locate(path),
    shell: module.shellArgs ?? [],
  });
  const rendered = withoutOmitted(all);
  const parsed = await module.args.safeParseAsync(rendered);
  if (parsed.success) return { args: parsed.data, reboot: COMMAND_MODULES.has(task.module) ? findReboot(rendered) : undefined };
  throw wrongArgsError(task, parsed.error.issues[0], written, rendered);
}

/** The args with the values of the expressions in `expressionArgs`. Only what the playbook itself has is an expression, never a result. */
function evaluateConditions({ expressionArgs = [], freeForm }: AnyModule, task: Task, variables: Vars): Json {
  const evaluate = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(evaluate);
    return typeof value === 'string' && !hasTemplate(value) ? evaluateExpression({ source: value, at: task.at }, variables) : value;
  };
  const { args } = task;
  if (expressionArgs.length === 0 || args === null) return args;
  if (typeof args !== 'object' || Array.isArray(args)) return expressionArgs.includes(freeForm ?? '') ? evaluate(args) : args;
  return Object.fromEntries(Object.entries(args).map(([key, value]) => [key, expressionArgs.includes(key) ? evaluate(value) : value]));
}

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
