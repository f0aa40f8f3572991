import { innerSteps, keywordsOf, type Step } from '../../core/playbook/step-model.ts';

/** True where a task with these tags runs. As in Ansible, `always` runs unless it is skipped by name, and `never` only on request. */
export function isSelected(tags: readonly string[], only: readonly string[], skip: readonly string[]): boolean {
  const tagged = tags.length > 0;
  const has = (tag: string): boolean => tags.includes(tag) || (tag === 'untagged' && !tagged);
  const wanted =
    has('always') ||
    only.some(has) ||
    (!has('never') && (only.length === 0 || only.includes('all') || (only.includes('tagged') && tagged)));
  if (!wanted) return false;
  if (skip.includes('all')) return has('always') && !skip.includes('always');
  return !skip.some(has) && !(skip.includes('tagged') && tagged);
}

/** The steps that the tags select. Steps inherit the tags of their play and blocks. A block without a selected task is left out. */
export function selectSteps(
  steps: readonly Step[],
  outer: readonly string[],
  only: readonly string[],
  skip: readonly string[],
): readonly Step[] {
  return steps.flatMap((step): readonly Step[] => {
    const tags = [...outer, ...keywordsOf(step).tags];
    if (step.kind === 'include' && step.inheritsTags) return selectSteps(step.candidates, tags, only, skip).length > 0 ? [step] : [];
    if (step.kind !== 'block') return isSelected(tags, only, skip) ? [step] : [];
    const [block, rescue, always] = [step.block, step.rescue, step.always].map((inner) => selectSteps(inner, tags, only, skip));
    if (block === undefined || rescue === undefined || always === undefined) return [];
    return block.length + always.length === 0 ? [] : [{ ...step, block, rescue, always }];
  });
}

/** Counts the tasks, also those in blocks. */
export function countTasks(steps: readonly Step[]): number {
  return steps.reduce((sum, step) => sum + (step.kind === 'block' ? countTasks(innerSteps(step)) : step.kind === 'meta' ? 0 : 1), 0);
}
