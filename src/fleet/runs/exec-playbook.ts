import type { Host } from '../../core/inventory/host.ts';
import { PLAIN_KEYWORDS, PLAIN_TASK } from '../../core/playbook/plain-task.ts';
import type { Playbook } from '../../core/playbook/playbook-model.ts';
import type { StepKeywords, Task } from '../../core/playbook/step-model.ts';

/** A playbook of one command on the given hosts. Braces in the command are not a template: it is then the value `argv` of the run. */
export function execPlaybook(
  argv: readonly string[],
  hosts: readonly Host[],
  { timeoutMs, keepOutput }: { readonly timeoutMs: number | undefined; readonly keepOutput: boolean },
): Playbook {
  const text = argv.join(' ');
  const at = { file: 'swarm exec', line: 1, column: 1, length: text.length, text };
  const keywords: StepKeywords = { ...PLAIN_KEYWORDS, keepOutput, at };
  const task: Task = {
    ...PLAIN_TASK,
    ...keywords,
    id: 'exec',
    name: text,
    module: 'command',
    args: { argv: text.includes('{{') ? '{{ argv }}' : argv }, // templates take a library, which takes time to load
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    locate: () => at,
  };
  return {
    name: 'exec',
    file: '',
    args: [],
    vars: {},
    plays: [
      {
        name: 'exec',
        hosts: hosts.map(({ name }) => name).join(','),
        hostsAt: at,
        vars: {},
        defaults: {},
        when: [],
        ignoreUnreachable: false,
        gatherFacts: false,
        usesFacts: false,
        usesLocalFacts: false,
        usesHostVariables: false,
        environment: {},
        tags: [],
        serial: [],
        anyErrorsFatal: false,
        forceHandlers: false,
        runOnce: false,
        strategy: 'free',
        order: 'inventory',
        steps: [task],
        handlers: [],
        at,
      },
    ],
  };
}
