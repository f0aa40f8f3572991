import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Change,
  defineModule,
  findInitSystem,
  type InitSystem,
  type Remote,
  readServiceState,
  runOrThrow,
  type ServiceState,
  SwarmError,
  wouldCutAccess,
  z,
} from '../../src/index.ts';

const args = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9][\w.@:-]*$/, 'must be the name of a service')
      .describe('Name of the service'),
    state: z.enum(['started', 'stopped', 'restarted', 'reloaded']).optional().describe('What it does when the task ends'),
    enabled: z.boolean().optional().describe('Start at boot'),
    masked: z.boolean().optional().describe('Systemd: nothing can start it'),
    daemon_reload: z.boolean().default(false).describe('Make systemd read its unit files again first'),
    runlevel: z.string().regex(/^\w+$/).default('default').describe('Runlevel of OpenRC'),
  })
  .refine(({ state, enabled, masked, daemon_reload }) => [state, enabled, masked].some((each) => each !== undefined) || daemon_reload, {
    error: 'give state, enabled, masked, or daemon_reload',
  });

const PROTECTED_FILE_PATH = '/etc/swarm.protected';

type Action = 'start' | 'stop' | 'restart' | 'reload';

export default defineModule({
  summary: 'Start, stop, enable or disable a service of systemd or OpenRC',
  args,
  returns: z.strictObject({ name: z.string(), running: z.boolean(), enabled: z.boolean().describe('Starts at boot') }),
  example: `service:
  name: chronyd
  state: started
  enabled: true
`,
  async *run(probe, { name, state, enabled, masked, runlevel, daemon_reload }) {
    const init = findInitSystem(probe);
    if (daemon_reload && init === 'systemd') yield RELOAD;
    const found = await readServiceState(probe, init, name, runlevel);
    if (masked !== undefined && init !== 'systemd')
      throw new SwarmError('SW6011', `${probe.host.name} runs ${init}: only systemd masks services`);
    if (masked === true && !found.known && !found.masked) yield maskChange(name, true);
    if (!found.known) {
      if (masked !== undefined && state !== 'started' && enabled !== true) return { name, running: false, enabled: false };
      throw new SwarmError('SW6011', `${probe.host.name} has no service ${name}`, { lacks: { kind: 'service', name } });
    }
    if (masked !== undefined && masked !== found.masked) yield maskChange(name, masked);
    if (enabled !== undefined && enabled !== found.enabled) yield bootChange(init, name, runlevel, enabled);
    const action = findNeededAction(state, found);
    if (action !== undefined) yield actionChange(init, name, action, found);
    return { name, running: state === undefined ? found.running : state !== 'stopped', enabled: enabled ?? found.enabled };
  },
});

const RELOAD: Change = {
  verb: 'run',
  subject: 'unit files of systemd',
  apply: async (remote) => void (await runOrThrow(remote, ['systemctl', 'daemon-reload'], 'systemctl daemon-reload')),
};

function findNeededAction(
  state: 'started' | 'stopped' | 'restarted' | 'reloaded' | undefined,
  { running }: ServiceState,
): Action | undefined {
  switch (state) {
    case 'started':
      return running ? undefined : 'start';
    case 'stopped':
      return running ? 'stop' : undefined;
    case 'restarted':
      return running ? 'restart' : 'start';
    case 'reloaded':
      return running ? 'reload' : 'start';
    case undefined:
      return undefined;
  }
}

function actionChange(init: InitSystem, name: string, action: Action, { running }: ServiceState): Change {
  const argv: readonly [string, ...string[]] = init === 'systemd' ? ['systemctl', action, '--', name] : ['rc-service', name, action];
  const disruptive = (action === 'stop' || action === 'restart') && wouldCutAccess(name, action);
  return {
    verb: action === 'start' || action === 'stop' ? 'update' : 'run',
    subject: `service ${name}`,
    before: running ? 'started\n' : 'stopped\n',
    after: `${{ start: 'started', stop: 'stopped', restart: 'restarted', reload: 'reloaded' }[action]}\n`,
    ...(disruptive ? { disruptive } : {}),
    apply: (remote) => runServiceCommand(remote, argv, name, disruptive),
  };
}

function bootChange(init: InitSystem, name: string, runlevel: string, enabled: boolean): Change {
  const verb = enabled ? 'enable' : 'disable';
  const disruptive = !enabled && wouldCutAccess(name, 'disable');
  const openrc: readonly [string, ...string[]] = ['rc-update', enabled ? 'add' : 'del', name, runlevel];
  return {
    verb: 'update',
    subject: `service ${name} at boot`,
    before: enabled ? 'disabled\n' : 'enabled\n',
    after: `${verb}d\n`,
    ...(disruptive ? { disruptive } : {}),
    apply: (remote) => runServiceCommand(remote, init === 'systemd' ? ['systemctl', verb, '--', name] : openrc, name, disruptive),
  };
}

/** Masking what cuts the way to a machine is like disabling it. */
function maskChange(name: string, masked: boolean): Change {
  const verb = masked ? 'mask' : 'unmask';
  const disruptive = masked && wouldCutAccess(name, 'disable');
  return {
    verb: 'update',
    subject: `service ${name} for systemd`,
    before: masked ? 'not masked\n' : 'masked\n',
    after: masked ? 'masked\n' : 'not masked\n',
    ...(disruptive ? { disruptive } : {}),
    apply: (remote) => runServiceCommand(remote, ['systemctl', verb, '--', name], name, disruptive),
  };
}

/** What cuts the way to a machine asks its owner in the same process that does it. */
async function runServiceCommand(remote: Remote, argv: readonly [string, ...string[]], name: string, disruptive: boolean): Promise<void> {
  const guardScript = readFileSync(join(import.meta.dirname, 'service-guard.sh'), 'utf8');
  try {
    await runOrThrow(remote, disruptive ? ['sh', '-c', guardScript, 'sh', PROTECTED_FILE_PATH, ...argv] : argv, `service ${name}`);
  } catch (error) {
    if (!(error instanceof SwarmError) || !error.message.endsWith(`: ${PROTECTED_FILE_PATH}`)) throw error;
    throw new SwarmError('SW3002', `the host refused: ${PROTECTED_FILE_PATH} exists on it`, {
      hint: `The owner of ${remote.host.name} protects it. To allow this, remove the file on the machine itself.`,
    });
  }
}
