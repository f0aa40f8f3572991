import { addGivenOptions, type GivenOptions } from '../../core/error/given-options.ts';
import type { HealPlan } from '../../core/inventory/heal.ts';
import { DEFAULT_LEAST_RATE, type Host } from '../../core/inventory/host.ts';
import { fingerprint, type Identity } from '../../core/inventory/host-identity.ts';
import { formatRoute } from '../../core/inventory/route.ts';
import { DEFAULT_STAGE_TIMEOUTS, STAGES } from '../../core/inventory/stage-timeouts.ts';
import type { Vars } from '../../core/json-value.ts';
import { homeFolder } from '../../core/program/account.ts';
import { formatRoughDuration } from '../../core/time/duration-text.ts';
import { formatBlock } from '../../fleet/blocks/block-text.ts';
import { describeLogins, type RouteLogin } from '../../fleet/connection/describe-login.ts';
import { readHostFacts } from '../../fleet/connection/read-host-facts.ts';
import { findOrigins } from '../../fleet/project/find-origins.ts';
import { findHost, openProject, type Project } from '../../fleet/project/project.ts';
import { trustStatus } from '../../fleet/trust/trust-status.ts';
import { readUserSshConfig } from '../../remote/ssh-config/ssh-config.ts';
import { type DisplayText, displayText } from '../../report/text/display-text.ts';
import { printData } from '../output.ts';
import { printMissingKeys } from '../print-errors.ts';
import { watchSignals } from '../run/interrupt-signals.ts';
import { formatFacts } from './facts-text.ts';
import type { ShowFlags } from './hosts-commands.ts';

/** `swarm hosts show NAME`. With --facts the host is asked for what a playbook can use of it. */
export async function showHostCommand(name: string, options: ShowFlags): Promise<number> {
  const project = await openProject(options);
  const host = findHost(project, name);
  printMissingKeys(project, [host], options);
  const origins = new Map(findOrigins(project, host.name, options.inventory).map(({ name: key, at }) => [key, `${at.file}:${at.line}`]));
  const logins = describeLogins(host, readUserSshConfig(homeFolder()));
  const facts = options.facts === true ? await askForFacts(project, host) : undefined;
  printData(options, { hosts: [{ ...toHostJson(host, logins, origins), ...(facts === undefined ? {} : { facts }) }] }, () => [
    ...formatHost(host, logins, { origins, given: options }),
    ...(facts === undefined ? [] : formatFacts(facts)),
  ]);
  return 0;
}

async function askForFacts(project: Project, host: Host): Promise<Vars> {
  const stop = new AbortController();
  watchSignals(stop);
  return await readHostFacts(project, host, stop.signal);
}

const toHostJson = (host: Host, logins: readonly RouteLogin[], origins: ReadonlyMap<string, string>): object => ({
  name: host.name,
  status: trustStatus(host, Date.now()),
  groups: host.groups,
  protected: host.protected,
  routes: host.routes.map(formatRoute),
  login: {
    user: host.login.user,
    keys: host.login.keys.map((key) => (key.from === 'agent' ? 'agent' : key.path)),
    become: host.login.become ?? null,
    timeouts: { ...DEFAULT_STAGE_TIMEOUTS, ...host.timeouts },
    leastRate: host.leastRate ?? DEFAULT_LEAST_RATE,
  },
  ssh: logins,
  identity:
    host.identity === undefined ? null : { fingerprints: listFingerprints(host.identity), machineId: host.identity.machineId ?? null },
  block: host.block ?? null,
  ...(host.gone === undefined ? {} : { gone: host.gone }),
  ...(host.heal === undefined ? {} : { heal: host.heal }),
  cores: host.cores ?? null,
  memory: host.memory ?? null,
  vars: host.vars,
  origins: Object.fromEntries(origins),
});

const listFingerprints = ({ hostKeys }: Identity): readonly string[] => hostKeys.map((key) => `${key.type} ${fingerprint(key.blob)}`);

function formatHost(
  host: Host,
  logins: readonly RouteLogin[],
  { origins, given }: { readonly origins: ReadonlyMap<string, string>; readonly given: GivenOptions },
): readonly DisplayText[] {
  const { identity, block, heal, cores, memory, login } = host;
  const untrusted =
    host.routes[0].kind === 'here' ? 'this machine' : addGivenOptions(`never trusted: swarm hosts trust ${host.name}`, given);
  return [
    displayText`${host.name}   ${trustStatus(host, Date.now())}${host.protected ? `   protected${host.protection === undefined ? '' : `: ${host.protection}`}` : ''}`,
    ...formatField('groups', [host.groups.join(' ') || 'none']),
    ...formatField('routes', host.routes.map(formatRoute)),
    ...logins.flatMap(formatLogin),
    ...formatField('become', login.become === undefined ? [] : [`${login.become.method} to ${login.become.user}`]),
    ...formatField('timeouts', host.routes[0].kind === 'here' ? [] : [formatTimeouts(host)]),
    ...formatField('transfer', host.routes[0].kind === 'here' ? [] : [`at least ${host.leastRate ?? DEFAULT_LEAST_RATE} bytes a second`]),
    ...formatField('identity', identity === undefined ? [untrusted] : listFingerprints(identity)),
    ...formatField('machine', identity?.machineId === undefined ? [] : [`${identity.machineId.slice(0, 16)}… (hash of its machine-id)`]),
    ...formatField('block', block === undefined ? [] : [formatBlock(block)]),
    ...formatField('heal', heal === undefined ? [] : [formatHealPlan(heal)]),
    ...formatField('size', [
      ...(cores === undefined ? [] : [`${cores} cores`]),
      ...(memory === undefined ? [] : [`${Math.round(memory / 2 ** 30)} GiB`]),
    ]),
    ...formatField(
      'vars',
      Object.entries(host.vars).map(([key, value]) => `${key} = ${JSON.stringify(value)}   ${origins.get(key) ?? ''}`.trimEnd()),
    ),
  ];
}

/** What holds on one route, a line for each setting with where it comes from. */
function formatLogin({ route, settings, unused }: RouteLogin): readonly DisplayText[] {
  const width = Math.max(...settings.map(({ name, value }) => name.length + value.length)) + 2;
  return [
    ...formatField('ssh', [route]),
    ...settings.map(({ name, value, from }) => displayText`${''.padEnd(12)}${`${name} ${value}`.padEnd(width)} ${from}`),
    ...unused.map(({ keyword, from }) => displayText`${''.padEnd(12)}not used: ${keyword}, ${from}`),
  ];
}

/** How long each stage of a login may take: `connect 10s, handshake 10s, ...`. */
const formatTimeouts = ({ timeouts }: Host): string =>
  STAGES.map((stage) => `${stage} ${(timeouts?.[stage] ?? DEFAULT_STAGE_TIMEOUTS[stage]) / 1000}s`).join(', ');

/** `clean (1h), restart sshd (6h), reboot (1d) after 3 failed items in a row`: each step with its waiting time. */
function formatHealPlan({ steps, services, after, waitMs }: HealPlan): string {
  const words = steps.map(
    (step) => `${step === 'restart' ? `restart ${services.join(' ')}` : step} (${formatRoughDuration(waitMs[step])})`,
  );
  return `${words.join(', ')} after ${after} failed ${after === 1 ? 'item' : 'items'} in a row`;
}

const formatField = (name: string, texts: readonly string[]): readonly DisplayText[] =>
  texts.map((text, at) => displayText`${(at === 0 ? name : '').padEnd(10)}${text}`);
