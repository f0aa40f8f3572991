import { toErrorJson } from '../../core/error/convert-error.ts';
import type { Json, Vars } from '../../core/json-value.ts';
import type { IncludeStep, Step, Task } from '../../core/playbook/step-model.ts';
import { UNKNOWN_RESULT } from '../../language/expression/unknown-values.ts';
import type { HostRun } from '../host-run.ts';
import type { PlayRun } from '../play/play-run.ts';
import { selectSteps } from '../play/select-steps.ts';
import type { ResultValues } from '../task/task-result.ts';
import { inheritSettings, type TaskSettings } from '../task/task-settings.ts';
import { setUnknownInclude } from '../task/unknown-names.ts';
import { failStep } from './fail-step.ts';
import type { StepsResult, TaskOnHosts } from './steps-result.ts';

/** One inclusion: what to include, the variables of its loop, and the hosts that want it. */
interface Inclusion {
  readonly index: number;
  readonly include: Json;
  readonly vars: Vars;
  readonly hostRuns: HostRun[];
}

/** What runs a task and steps. A block and an inclusion call it, and it calls them. */
export interface StepRunners {
  runOnAll(playRun: PlayRun, task: Task, hostRuns: readonly HostRun[], settings: TaskSettings): Promise<TaskOnHosts>;
  runSteps(playRun: PlayRun, steps: readonly Step[], hostRuns: readonly HostRun[], settings: TaskSettings): Promise<StepsResult>;
}

/** Runs a step that includes others: each host says what it wants, and those that want the same run it together. */
export async function runInclude(
  playRun: PlayRun,
  step: IncludeStep,
  hostRuns: readonly HostRun[],
  outer: TaskSettings,
  { runOnAll, runSteps }: StepRunners,
): Promise<StepsResult> {
  const { task } = step;
  const decided = await runOnAll(playRun, task, hostRuns, outer);
  const { tags: only, skipTags } = playRun.context.options;
  const settings = inheritSettings(outer, { ...task, when: [] });
  for (const [hostRun, values] of decided.results) if (values === UNKNOWN_RESULT) setUnknownInclude(hostRun, step);
  let alive = decided.alive;
  const failed = [...decided.failed];
  for (const { index, include, vars, hostRuns: wanted } of groupInclusions(step, decided)) {
    const active = wanted.filter((hostRun) => alive.includes(hostRun));
    if (active.length === 0) continue;
    const id = `${task.id}.${index}`;
    const read = await step.read(include, id).catch((error: unknown) => toErrorJson(error));
    if ('code' in read) {
      const error = { ...read, at: read.at ?? task.at };
      const named = { id, name: task.name ?? task.module, module: task.module };
      const failures = active.map((hostRun) => failStep(playRun, hostRun, named, { error, settings }));
      if (settings.ignoreErrors) continue;
      failed.push(...failures);
      alive = alive.filter((hostRun) => !active.includes(hostRun));
      continue;
    }
    const tags = step.inheritsTags ? [...settings.tags, ...task.tags] : settings.tags;
    const steps = selectSteps(read, tags, only, skipTags);
    const passed = await runSteps(playRun, steps, active, { ...settings, loopVars: { ...settings.loopVars, ...vars } });
    failed.push(...passed.failed);
    alive = alive.filter((hostRun) => !active.includes(hostRun) || passed.alive.includes(hostRun));
  }
  return { alive, failed };
}

/** The inclusions in the order of the loop. Hosts whose values differ include on their own. */
function groupInclusions({ task }: IncludeStep, { results }: Pick<TaskOnHosts, 'results'>): readonly Inclusion[] {
  const groups = new Map<string, Inclusion>();
  for (const [hostRun, values] of results) {
    const each = task.loop === undefined ? [values] : ((values['results'] ?? []) as readonly ResultValues[]);
    for (const [index, result] of each.entries()) {
      if (result['skipped'] === true || result['failed'] === true) continue;
      const names = task.loop === undefined ? [] : [task.loopVar];
      const position = task.indexVar === undefined ? {} : { [task.indexVar]: index as Json };
      const vars: Vars = { ...Object.fromEntries(names.map((name) => [name, result[name] ?? null])), ...position };
      const include = result['include'] ?? null;
      const key = JSON.stringify([index, include, vars]);
      const known = groups.get(key) ?? { index, include, vars, hostRuns: [] };
      known.hostRuns.push(hostRun);
      groups.set(key, known);
    }
  }
  return [...groups.values()].sort((a, b) => a.index - b.index);
}
