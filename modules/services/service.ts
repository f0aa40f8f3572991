import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Change,
  defineModule,
  findInitSystem,
  type InitSystem,
  missingServiceError,
  type Probe,
  queryScript,
  type Remote,
  readServiceState,
  runOrThrow,
  type ServiceState,
  SwarmError,
  splitWords,
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
    daemon_reexec: z.boolean().default(false).describe('Make systemd start itself anew first'),
    no_block: z.boolean().default(false).describe('Systemd: do not wait until the service has changed'),
    scope: z.enum(['system', 'user']).default('system').describe('user: a service of the user of the login, under systemd'),
    sleep: z.int().min(0).optional().describe('Seconds between the stop and the start of a restart'),
    pattern: z
      .string()
      .regex(/^[^\n]+$/, 'must be one line')
      .optional()
      .describe('It runs too where the command line of a process has this text'),
    arguments: z.string().min(1).optional().describe('Further words for the init script of OpenRC'),
    runlevel: z.string().regex(/^\w+$/).default('default').describe('Runlevel of OpenRC'),
  })
  .refine(
    ({ state, enabled, masked, daemon_reload, daemon_reexec }) =>
      [state, enabled, masked].some((each) => each !== undefined) || daemon_reload || daemon_reexec,
    { error: 'give state, enabled, masked, daemon_reload or daemon_reexec' },
  );

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
  async *run(probe, given) {
    const { name, state, enabled, masked, runlevel, daemon_reload, daemon_reexec, scope, pattern } = given;
    const init = findInitSystem(probe);
    if (scope === 'user' && init !== 'systemd')
      throw new SwarmError('SW6011', `${probe.host.name} runs ${init}: only systemd has services of a user`);
    if (daemon_reexec && init === 'systemd') yield managerChange('daemon-reexec', 'systemd itself', scope);
    if (daemon_reload && init === 'systemd') yield managerChange('daemon-reload', 'unit files of systemd', scope);
    const read = await readServiceState(probe, init, name, runlevel, scope === 'user');
    const found = { ...read, running: read.running || (pattern !== undefined && (await hasProcess(probe, pattern))) };
    if (masked !== undefined && init !== 'systemd')
      throw new SwarmError('SW6011', `${probe.host.name} runs ${init}: only systemd masks services`);
    if (masked === true && !found.known && !found.masked) yield maskChange(given, true);
    if (!found.known) {
      if (masked !== undefined && state !== 'started' && enabled !== true) return { name, running: false, enabled: false };
      throw missingServiceError(probe, name);
    }
    if (masked !== undefined && masked !== found.masked) yield maskChange(given, masked);
    if (enabled !== undefined && enabled !== found.enabled) yield bootChange(init, given, enabled);
    const action = findNeededAction(state, found);
    if (action !== undefined) yield actionChange(init, given, action, found);
    return { name, running: state === undefined ? found.running : state !== 'stopped', enabled: enabled ?? found.enabled };
  },
});

type Args = z.output<typeof args>;
type Words = readonly [string, ...string[]];

const managerChange = (word: string, subject: string, scope: Args['scope']): Change => ({
  verb: 'run',
  subject,
  apply: async (remote) => void (await runOrThrow(remote, systemctl({ scope }, word), `systemctl ${word}`)),
});

const OF_USER = `export XDG_RUNTIME_DIR="\${XDG_RUNTIME_DIR:-/run/user/$(id -u)}"; exec systemctl --user "$@"`;

/** Systemd of the host, or of the user of the login. */
const systemctl = ({ scope }: Pick<Args, 'scope'>, ...words: readonly string[]): Words =>
  scope === 'user' ? ['sh', '-c', OF_USER, 'sh', ...words] : ['systemctl', ...words];

/** The text goes through standard input: a command line that has it would be found. */
const hasProcess = async (probe: Probe, text: string): Promise<boolean> => {
  const script =
    'IFS= read -r text; all=$(cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" " "); case $all in *"$text"*) echo found ;; esac';
  return (await queryScript(probe, script, [], 'processes', `${text}\n`)).includes('found');
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

function actionWords(init: InitSystem, given: Args, action: Action): Words {
  const { name, no_block, sleep: seconds } = given;
  const one = (word: string): Words =>
    init === 'systemd'
      ? systemctl(given, ...(no_block ? ['--no-block'] : []), word, '--', name)
      : ['rc-service', name, word, ...splitWords(given.arguments ?? '')];
  if (action !== 'restart' || seconds === undefined) return one(action);
  const [stop, start] = [one('stop'), one('start')];
  const both = [...stop.keys()].map((at) => `"\${${at + 2}}"`).join(' ');
  return ['sh', '-c', `${both} && sleep "$1" && shift ${stop.length + 1} && exec "$@"`, 'sh', String(seconds), ...stop, ...start];
}

function actionChange(init: InitSystem, given: Args, action: Action, { running }: ServiceState): Change {
  const { name } = given;
  const argv = actionWords(init, given, action);
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

function bootChange(init: InitSystem, given: Args, enabled: boolean): Change {
  const { name, runlevel } = given;
  const verb = enabled ? 'enable' : 'disable';
  const disruptive = !enabled && wouldCutAccess(name, 'disable');
  const openrc: Words = ['rc-update', enabled ? 'add' : 'del', name, runlevel];
  return {
    verb: 'update',
    subject: `service ${name} at boot`,
    before: enabled ? 'disabled\n' : 'enabled\n',
    after: `${verb}d\n`,
    ...(disruptive ? { disruptive } : {}),
    apply: (remote) => runServiceCommand(remote, init === 'systemd' ? systemctl(given, verb, '--', name) : openrc, name, disruptive),
  };
}

/** Masking what cuts the way to a machine is like disabling it. */
function maskChange(given: Args, masked: boolean): Change {
  const { name } = given;
  const verb = masked ? 'mask' : 'unmask';
  const disruptive = masked && wouldCutAccess(name, 'disable');
  return {
    verb: 'update',
    subject: `service ${name} for systemd`,
    before: masked ? 'not masked\n' : 'masked\n',
    after: masked ? 'masked\n' : 'not masked\n',
    ...(disruptive ? { disruptive } : {}),
    apply: (remote) => runServiceCommand(remote, systemctl(given, verb, '--', name), name, disruptive),
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
