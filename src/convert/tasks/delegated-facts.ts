import { isScalar, type YAMLMap } from 'yaml';
import { rejectConversion } from '../not-convertible.ts';
import { findPair } from '../yaml-nodes.ts';

const FACT_MODULES = new Set(['setup', 'gather_facts', 'package_facts', 'service_facts', 'mount_facts']);
const VARIABLE_MODULES = new Set(['set_fact', 'include_vars']);

/** What a task with `delegate_to` finds belongs to the host of the task in Ansible, with `delegate_facts` to the other one. In swarm facts
 *  belong to the host that they come from, and variables to the host of the task. Throws NotConvertible for a variable of the other host. */
export function checkDelegatedFacts(task: YAMLMap, module: string, changes: Set<string>): undefined {
  if (findPair(task, 'delegate_to') === undefined) return;
  const value = findPair(task, 'delegate_facts')?.value;
  const belongsToOther = value !== undefined && !(isScalar(value) && value.value === false);
  if (belongsToOther && VARIABLE_MODULES.has(module))
    rejectConversion(`${module} with delegate_facts: swarm sets variables of the host of the task alone`);
  if (!belongsToOther && FACT_MODULES.has(module)) changes.add('facts always belong to the host that they come from');
}
