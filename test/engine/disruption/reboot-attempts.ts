import type { Host } from '../../../src/core/inventory/host.ts';
import type { HostName } from '../../../src/core/inventory/host-name.ts';
import type { Route } from '../../../src/core/inventory/route.ts';
import type { Random } from '../../remote/seeded-random.ts';

/** The protected machine, and the ways that a person or a playbook may have to it. */
export interface RebootAttempt {
  readonly yaml: string;
  readonly hosts: readonly Host[];
  /** The inventory's name that is asked for. */
  readonly name: string;
  readonly description: string;
}

const ADDRESSES = [
  '10.42.0.199',
  '::ffff:10.42.0.199',
  '::ffff:a2a:c7',
  '0x0a2a00c7',
  '010.052.0.0307',
  '169476295',
  'gateway.lan',
  'gateway.lan.',
  'GATEWAY',
  'fd7a::199',
];
const PROGRAMS = [
  'reboot',
  'halt',
  'poweroff',
  'shutdown -r now',
  'shutdown -h +1',
  'kexec -e',
  'init 6',
  'init 0',
  'telinit 6',
  'systemctl reboot',
  'systemctl --no-block isolate poweroff.target',
  'loginctl poweroff',
  'openrc-shutdown -r now',
];
/** The routes of a name that leads to the gateway: kind, address form, jump. */
function randomRoute(dice: Random): Route {
  const address = dice.pick(ADDRESSES);
  const port = dice.pick([22, 2222]);
  return dice.pick<Route>([
    { kind: 'local', address, port },
    { kind: 'tailscale', address, port },
    { kind: 'jump', via: 'hop' as HostName, address, port },
    { kind: 'command', argv: ['ssh', address] },
  ]);
}

const WAYS = ['plain', 'delegate', 'block', 'handler', 'become', 'loop', 'rescue', 'run_once', 'free', 'always'] as const;

/** A playbook with one task where that may stand. `name`: who is to be hit. */
function playbookFor(way: (typeof WAYS)[number], task: string, name: string): string {
  const on = (hosts: string, steps: string, more = ''): string => `plays: [{ hosts: ${hosts}, ${more}tasks: [${steps}] }]`;
  switch (way) {
    case 'plain':
      return on(name, `{ ${task} }`);
    case 'delegate':
      return on('bystander', `{ ${task}, delegate_to: ${name} }`);
    case 'block':
      return on(name, `{ block: [{ block: [{ ${task} }] }] }`);
    case 'handler':
      return on(name, '{ put: { path: /x, content: y }, notify: now }', `handlers: [{ name: now, ${task} }], `);
    case 'become':
      return on(name, `{ ${task} }`, 'become: true, ');
    case 'loop':
      return on(name, `{ ${task}, loop: [1, 2, 3] }`);
    case 'rescue':
      return on(name, `{ block: [{ fail: {} }], rescue: [{ ${task} }] }`);
    case 'run_once':
      return on(name, `{ ${task}, run_once: true }`);
    case 'free':
      return on(name, `{ ${task} }`, 'strategy: free, ');
    case 'always':
      return on(name, `{ block: [{ fail: {} }], always: [{ ${task}, ignore_errors: true }] }`);
  }
}

/** One attempt: by a disruptive module, a plain command or a task that calls itself disruptive, on the gateway itself, an alias of it, or a host one of whose routes leads to it. */
export function randomAttempt(dice: Random, hostNamed: (name: string, change: Partial<Host>) => Host): RebootAttempt {
  const gateway = hostNamed('gateway', { groups: [], protected: true, routes: [{ kind: 'local', address: '10.42.0.199', port: 22 }] });
  const { identity } = gateway;
  const others = [hostNamed('bystander', { groups: [] }), hostNamed('hop', { groups: [] })];
  const alias = hostNamed('alias', { groups: [], routes: [randomRoute(dice)], ...(identity === undefined ? {} : { identity }) });
  const name = dice.pick(['gateway', 'alias']);
  const task = dice.pick(['explode: {}', `shell: ${dice.pick(PROGRAMS)}`, 'shell: "wall bye; ./stop-it", disruptive: true']);
  const way = dice.pick(WAYS);
  return { yaml: playbookFor(way, task, name), hosts: [gateway, alias, ...others], name, description: `${way} on ${name}: ${task}` };
}
