import { checkPackageLists } from '../../../builds/target/package-lists.ts';
import type { Vars } from '../../../core/json-value.ts';
import type { Arg, Playbook } from '../../../core/playbook/playbook-model.ts';
import { listTasks } from '../../../core/playbook/step-model.ts';
import type { Project } from '../../project/project.ts';
import { listArgValues } from './arg-values.ts';

/** Checks the package lists that a run is going to plan with, before any host is asked. Throws ValidationError with every SW1308. */
export function checkRequestedLists(playbook: Playbook, vars: Vars, { dir, inventory }: Project, check: boolean): void {
  if (!playbook.plays.some(({ steps }) => listTasks(steps).some(({ module }) => module === 'emerge_plan'))) return;
  const given = (of: Arg['of']): readonly string[] => listArgValues(playbook, vars, of);
  const savedPlan = given('plan').length > 0 && !check;
  if (savedPlan || given('atom').length > 0 || given('client').length > 0) return; // no list is read
  const named = given('target');
  checkPackageLists(
    dir,
    inventory.targets.filter(({ name }) => named.length === 0 || named.includes(name)),
  );
}
