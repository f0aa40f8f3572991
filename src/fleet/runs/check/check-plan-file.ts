import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { assertPlanAlone, readSavedPlan } from '../../../builds/plan/saved-plan.ts';
import { SwarmError } from '../../../core/error/swarm-error.ts';
import type { Target } from '../../../core/inventory/target.ts';
import type { Vars } from '../../../core/json-value.ts';
import type { Playbook } from '../../../core/playbook/playbook-model.ts';
import { requireTarget } from '../../../core/unknown-name.ts';
import { listArgValues } from './arg-values.ts';

/** Checks the file of a plan (an arg with `of: plan`) before any host is asked: a check saves it, any other run builds it. Throws SW1203
 *  for a target that is gone, SW1205 for a file that cannot be used, SW1309 for one that is damaged. */
export async function checkPlanFile(
  playbook: Playbook,
  vars: Vars,
  { check, targets }: { readonly check: boolean; readonly targets: readonly Target[] },
): Promise<void> {
  const [given] = listArgValues(playbook, vars, 'plan');
  if (given === undefined) return;
  const file = resolve(given);
  if (check) return assertCanSave(file);
  const named = (['atom', 'target', 'client'] as const).flatMap((of) => listArgValues(playbook, vars, of));
  assertPlanAlone(given, named);
  if (!existsSync(file))
    throw new SwarmError('SW1205', `there is no plan ${given}`, { hint: `Make it first: swarm run build --check --plan ${given}` });
  const plan = await readSavedPlan(file);
  for (const { name } of plan.targets) requireTarget(targets, name);
}

/** Planning takes minutes: a folder that is missing must not be found after it. */
function assertCanSave(file: string): void {
  const folder = dirname(file);
  const because = existsSync(folder) ? whyNotSaved(file, folder) : `there is no folder ${folder}`;
  if (because !== undefined)
    throw new SwarmError('SW1205', `the plan cannot be saved in ${file}: ${because}`, { hint: 'Name another file: --plan FILE' });
}

const whyNotSaved = (file: string, folder: string): string | undefined =>
  isFolder(file) ? 'it is a folder' : whyNotWritable(existsSync(file) ? file : folder);

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

function whyNotWritable(path: string): string | undefined {
  try {
    accessSync(path, constants.W_OK);
    return undefined;
  } catch {
    return `${path} is not writable`;
  }
}
