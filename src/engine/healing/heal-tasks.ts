import type { HealPlan, HealStep } from '../../core/inventory/heal.ts';
import type { Json } from '../../core/json-value.ts';
import { PLAIN_TASK } from '../../core/playbook/plain-task.ts';
import type { Task } from '../../core/playbook/step-model.ts';

const AT = { file: 'heal', line: 1, column: 1, length: 1, text: '' };

/** How long a step may take: what hangs on an ill drone must end the step, and not hold up the run. A reboot has its own limits. */
const STEP_LIMIT_MS = 30 * 60_000;
const SERVICE_LIMIT_MS = 15 * 60_000;

/** The tasks that a step consists of. The guards check each of their changes, as those of the reboot module always. */
export function healTasks(step: HealStep, { services }: HealPlan): readonly Task[] {
  switch (step) {
    case 'clean':
      return [{ ...healTask('heal.clean', 'emerge_clean', {}), timeoutMs: STEP_LIMIT_MS }];
    case 'restart':
      return services.map((name, index) => ({
        ...healTask(`heal.restart.${index}`, 'service', { name, state: 'restarted' }),
        timeoutMs: Math.min(SERVICE_LIMIT_MS, STEP_LIMIT_MS / services.length),
      }));
    case 'reboot':
      return [{ ...healTask('heal.reboot', 'reboot', { automatic: true }), disruptive: false }];
  }
}

const healTask = (id: string, module: string, args: Json): Task => ({
  ...PLAIN_TASK,
  ...{ id, name: `heal: ${module}`, module, args, disruptive: true, at: AT },
  locate: () => AT,
});
