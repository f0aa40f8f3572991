import type { AnyModule } from '../../core/module.ts';
import type { ModuleSource } from '../../language/playbook/playbook-files.ts';
import { runAsChange } from '../../sdk/command-change.ts';

/** `command`, with the arguments that `execPlaybook` wrote. They need no schema: its library takes longer to load than a short command. */
const command: AnyModule = {
  summary: 'Run a program with its arguments, without a shell',
  args: { safeParseAsync: async (data: unknown) => ({ success: true, data }) },
  example: 'command: { argv: [uptime] }',
  run: (probe, { argv }: { readonly argv: readonly [string, ...string[]] }) => runAsChange(probe, { argv, subject: argv.join(' ') }),
};

/** The one module of `swarm exec`. A project can replace `command` for its playbooks only. */
export const execModules: ModuleSource = { names: ['command'], load: async () => command };
