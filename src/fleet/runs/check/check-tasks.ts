import type { z } from 'zod';
import { type SwarmError, ValidationError } from '../../../core/error/swarm-error.ts';
import type { Inventory } from '../../../core/inventory/inventory.ts';
import type { Json, Vars } from '../../../core/json-value.ts';
import type { AnyModule } from '../../../core/module.ts';
import { secretInArgvError } from '../../../core/module-checks/secret-in-argv.ts';
import type { Playbook } from '../../../core/playbook/playbook-model.ts';
import { innerSteps, keywordsOf, listTasks, type Step, type Task } from '../../../core/playbook/step-model.ts';
import type { ProjectModuleSource } from '../../../engine/module-source.ts';
import { wrongArgsError } from '../../../engine/task/args-error.ts';
import { listNamesInValue } from '../../../language/template/names-in-value.ts';
import { renderTemplates } from '../../../language/template/template.ts';
import { checkSourceFiles, findTemplateFiles, makesLocalFiles, type SourceFolders } from './check-source-files.ts';
import { checkTemplateNames, readTemplateNames, type TaskTemplates } from './check-template-names.ts';
import {
  addDefaults,
  addStrongVars,
  addVars,
  createTaskView,
  isSecret,
  type KnownVars,
  mergeVars,
  nothingKnown,
  type TaskView,
} from './known-vars.ts';

/** What the check of a playbook's tasks needs beside the playbook. */
export interface TaskCheck extends SourceFolders {
  readonly inventory: Pick<Inventory, 'hosts'>;
  readonly modules: ProjectModuleSource;
  /** The arguments of the run; empty for `swarm check`. */
  readonly args: Vars;
  /** Names of arguments that are secrets. */
  readonly secretArgs: readonly string[];
  /** Names that the command line defines, where their values are not known yet. */
  readonly given?: readonly string[];
}

/** The names that the template files of the tasks use, where the names of the files do not depend on the run. */
export function listNamesInTemplateFiles(playbook: Playbook, folders: SourceFolders): readonly string[] {
  const top = addVars(nothingKnown([]), playbook.vars);
  const files = playbook.plays.flatMap((play) =>
    walk([...play.steps, ...play.handlers], addVars(addDefaults(top, play.defaults), play.vars)).flatMap(({ task, at }) =>
      findTemplateFiles(task, folders, () => mergeVars(at)),
    ),
  );
  return [...new Set(files)].flatMap((file) => readTemplateNames(file).map(({ use }) => use.name));
}

/** Finds what would fail on every host and is known from the files: files and templates that do not exist, templates that do not
 *  parse or use names that nothing defines, secrets on a command line, values of the wrong type.
 *  Throws ValidationError with every SW1108, SW1112, SW1113 and SW1207. */
export async function checkTasks(playbook: Playbook, check: TaskCheck): Promise<void> {
  const problems: SwarmError[] = [];
  const hostSecrets = check.inventory.hosts.flatMap(({ vars }) => Object.keys(vars).filter((name) => isSecret(vars[name], new Set())));
  const top = addVars(nothingKnown(hostSecrets), playbook.vars);
  const registered = new Set<string>();
  const localFiles = makesLocalFiles(playbook);
  const templates: TaskTemplates[] = [];
  for (const play of playbook.plays) {
    const known = addVars(addDefaults(top, play.defaults), play.vars);
    for (const task of listTasks([...play.steps, ...play.handlers])) for (const name of namesOf(task)) registered.add(name);
    const viewAt = createTaskView(registered, check);
    for (const { task, at } of walk([...play.steps, ...play.handlers], known)) {
      const inTask = viewAt(at);
      problems.push(...(await checkTask(task, inTask, check, localFiles)));
      if (!check.modules.ownNames.includes(task.module))
        templates.push({ task, files: findTemplateFiles(task, check, inTask.conditional ? undefined : inTask.vars) });
    }
  }
  problems.push(
    ...checkTemplateNames(templates, playbook.definedNames, [...Object.keys(check.args), ...check.secretArgs, ...(check.given ?? [])]),
  );
  if (problems.length > 0) throw new ValidationError(problems);
}

/** The names that a task gives to its host: no value of another origin holds after it. */
const namesOf = ({ register, module, args, loopVar, indexVar }: Task): readonly string[] => [
  ...[register ?? [], loopVar, indexVar ?? []].flat(),
  ...(module === 'set_fact' || module === 'include_vars' ? Object.keys(Object(args)) : []),
];

function walk(steps: readonly Step[], known: KnownVars): readonly { readonly task: Task; readonly at: KnownVars }[] {
  return steps.flatMap((step) => {
    const { vars, when, defaults } = keywordsOf(step);
    const inner =
      defaults === undefined ? addStrongVars(known, vars) : addVars(addDefaults(known, defaults), withoutNames(vars, known.strong));
    const at = { ...inner, conditional: known.conditional || when.length > 0 };
    if (step.kind === 'task') return [{ task: step, at }];
    return [...(step.kind === 'include' ? [{ task: step.task, at }] : []), ...walk(innerSteps(step), at)];
  });
}

const withoutNames = (vars: Vars, names: ReadonlySet<string>): Vars =>
  Object.fromEntries(Object.entries(vars).filter(([name]) => !names.has(name)));

async function checkTask(task: Task, known: TaskView, check: TaskCheck, localFiles: boolean): Promise<readonly SwarmError[]> {
  const module = task.keyword ?? (await check.modules.load(task.module));
  const args = typeof task.args === 'object' && task.args !== null && !Array.isArray(task.args) ? (task.args as Vars) : {};
  if (module === undefined) return [];
  const own = check.modules.ownNames.includes(task.module);
  return [
    ...(own || (localFiles && task.module !== 'template') ? [] : checkSourceFiles(task, check, known.conditional ? undefined : known.vars)),
    ...(own || !['command', 'shell'].includes(task.module) ? [] : checkCommandLine(task, args, known)),
    ...(await checkArgTypes(module, task, args, known)),
  ];
}

/** Every user of the host can read a command line. */
function checkCommandLine(task: Task, args: Vars, { secrets }: TaskView): readonly SwarmError[] {
  return ['cmd', 'argv'].flatMap((key) => {
    const value = args[key];
    if (!listNamesInValue(value).some((name) => secrets.has(name))) return [];
    return [secretInArgvError(task.locate([key]))];
  });
}

/** Each arg whose templates use nothing but what is known. A condition may keep the task from running, so it is left alone. */
async function checkArgTypes(module: AnyModule, task: Task, args: Vars, { vars, conditional }: TaskView): Promise<readonly SwarmError[]> {
  if (conditional || listNamesInValue(args).length === 0) return [];
  const rendered: Record<string, Json> = {};
  for (const [name, value] of Object.entries(args)) {
    try {
      rendered[name] = renderTemplates(value, vars(), { at: task.at });
    } catch {
      // something is not known yet
    }
  }
  const parsed = await module.args.safeParseAsync(rendered);
  if (parsed.success) return [];
  const whole = Object.keys(rendered).length === Object.keys(args).length;
  // where an arg is not known, a rule about several args cannot be judged
  const issues: readonly z.core.$ZodIssue[] = parsed.error.issues;
  const issue = issues.find(({ code, path: [name] }) => whole || (code !== 'custom' && Object.hasOwn(rendered, String(name))));
  if (issue === undefined) return [];
  return [wrongArgsError(task, issue, args, rendered)];
}
