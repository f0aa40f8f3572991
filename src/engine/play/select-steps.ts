import type { Step } from '../../core/playbook-model.ts';

/** Does a task with these tags run? Ansible's rule: `always` unless skipped by name, `never` only when asked for. */
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

/** The steps that the tags leave; a block without any is gone. Tags of a play and of blocks count for what is inside. */
export function selectSteps(
  steps: readonly Step[],
  outer: readonly string[],
  only: readonly string[],
  skip: readonly string[],
): readonly Step[] {
  return steps.flatMap((step): readonly Step[] => {
    const tags = [...outer, ...step.tags];
    if (step.kind === 'task') return isSelected(tags, only, skip) ? [step] : [];
    const [block, rescue, always] = [step.block, step.rescue, step.always].map((inner) => selectSteps(inner, tags, only, skip));
    if (block === undefined || rescue === undefined || always === undefined) return [];
    return block.length + always.length === 0 ? [] : [{ ...step, block, rescue, always }];
  });
}

/** How many tasks there are, those of blocks included. */
export function countTasks(steps: readonly Step[]): number {
  return steps.reduce((sum, step) => sum + (step.kind === 'task' ? 1 : countTasks([...step.block, ...step.rescue, ...step.always])), 0);
}
