import { type Change, defineModule, type Json, type Remote, SwarmError, z } from '../src/index.ts';
import { must } from '../src/sdk/file-attributes.ts';
import { cutsTheWay, type Init, initOf, type ServiceState, serviceState } from '../src/sdk/service-state.ts';

const args = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z0-9][\w.@:-]*$/, 'a name of a service'),
    state: z.enum(['started', 'stopped', 'restarted', 'reloaded']).optional(),
    enabled: z.boolean().optional().describe('Started at boot'),
    runlevel: z.string().regex(/^\w+$/).default('default').describe('Of OpenRC'),
  })
  .refine(({ state, enabled }) => state !== undefined || enabled !== undefined, { error: 'state, enabled, or both' });

const PROTECTED = '/etc/swarm.protected';

type Action = 'start' | 'stop' | 'restart' | 'reload';

export default defineModule({
  summary: 'A service: running or not, started at boot or not; systemd and OpenRC',
  args,
  example: `service:
  name: chronyd
  state: started
  enabled: true
`,
  async *run(probe, { name, state, enabled, runlevel }): AsyncGenerator<Change, Json, void> {
    const init = initOf(probe);
    const found = await serviceState(probe, init, name, runlevel);
    if (!found.known) throw new SwarmError('SW6011', `${probe.host.name} has no service ${name}`);
    if (enabled !== undefined && enabled !== found.enabled) yield boot(init, name, runlevel, enabled);
    const action = needed(state, found);
    if (action !== undefined) yield act(init, name, action, found);
    return { name, running: state === undefined ? found.running : state !== 'stopped', enabled: enabled ?? found.enabled };
  },
});

function needed(state: 'started' | 'stopped' | 'restarted' | 'reloaded' | undefined, { running }: ServiceState): Action | undefined {
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

function act(init: Init, name: string, action: Action, { running }: ServiceState): Change {
  const argv: readonly [string, ...string[]] = init === 'systemd' ? ['systemctl', action, '--', name] : ['rc-service', name, action];
  const disruptive = (action === 'stop' || action === 'restart') && cutsTheWay(name, action);
  return {
    verb: action === 'start' || action === 'stop' ? 'update' : 'run',
    subject: `service ${name}`,
    before: running ? 'started\n' : 'stopped\n',
    after: `${{ start: 'started', stop: 'stopped', restart: 'restarted', reload: 'reloaded' }[action]}\n`,
    ...(disruptive ? { disruptive } : {}),
    apply: (remote) => run(remote, argv, name, disruptive),
  };
}

function boot(init: Init, name: string, runlevel: string, enabled: boolean): Change {
  const word = enabled ? 'enable' : 'disable';
  const disruptive = !enabled && cutsTheWay(name, 'disable');
  const openrc: readonly [string, ...string[]] = ['rc-update', enabled ? 'add' : 'del', name, runlevel];
  return {
    verb: 'update',
    subject: `service ${name} at boot`,
    before: enabled ? 'disabled\n' : 'enabled\n',
    after: `${word}d\n`,
    ...(disruptive ? { disruptive } : {}),
    apply: (remote) => run(remote, init === 'systemd' ? ['systemctl', word, '--', name] : openrc, name, disruptive),
  };
}

/** What cuts the way to a machine asks its owner in the same process that does it. */
async function run(remote: Remote, argv: readonly [string, ...string[]], name: string, disruptive: boolean): Promise<void> {
  const ask = `[ ! -e ${PROTECTED} ] && exec "$@"; echo ${PROTECTED} >&2; exit 96`;
  try {
    await must(remote, disruptive ? ['sh', '-c', ask, 'sh', ...argv] : argv, `service ${name}`);
  } catch (error) {
    if (!(error instanceof SwarmError) || !error.message.endsWith(`: ${PROTECTED}`)) throw error;
    throw new SwarmError('SW3002', `refused there: ${PROTECTED} exists`, {
      hint: `its owner protects ${remote.host.name}; remove the file on the machine itself`,
    });
  }
}
