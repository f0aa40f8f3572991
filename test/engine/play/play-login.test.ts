import { expect, test } from 'vitest';
import type { Host } from '../../../src/core/inventory/host.ts';
import { formatRoute } from '../../../src/core/inventory/route.ts';
import { createFleet } from '../fleet.ts';
import { hostNamed } from '../machine.ts';

const users = (name: string, user: string): Host => hostNamed(name, { login: { user, keys: [] } });
const job = { command: { argv: ['make'] as [string] }, output: '', status: 'running' as const, exit: 0, waiters: [] };

/** Runs the plays, and returns the login of each connection: `host user route`. */
async function runPlays(yaml: string, hosts = createFleet(users('a', 'swarm'), users('b', 'swarm'))) {
  const logins: string[] = [];
  const run = await hosts.run(yaml, {
    deps: {
      connect: (host, signal) => {
        logins.push(`${host.name} ${host.login.user} ${formatRoute(host.routes[0])}`);
        return hosts.machine(host.name).connect(signal);
      },
    },
  });
  return { ...run, logins };
}

const task = 'tasks: [{ put: { path: /x, content: y } }]';

test('remote_user and port hold for the hosts of their play, and for no later one', async () => {
  const { state, logins, events } = await runPlays(`
- { hosts: a, remote_user: root, port: 2222, ${task} }
- { hosts: "a,b", tasks: [{ put: { path: /z, content: y } }] }
`);
  expect(state.errors).toEqual([]);
  expect(logins).toEqual(['a root local a:2222', 'a swarm local a:22', 'b swarm local b:22']);
  const connected = events.flatMap((event) => (event.type === 'host.connected' ? [event.login] : []));
  expect(connected).toEqual([{ user: 'root', port: 2222 }, undefined, undefined]);
  expect(events.some(({ type }) => type === 'host.lost')).toBe(false);
});

test('a play with the login of the play before keeps the connection', async () => {
  const { logins } = await runPlays(`
- { hosts: a, remote_user: root, ${task} }
- { hosts: a, remote_user: root, ${task} }
`);
  expect(logins).toEqual(['a root local a:22']);
});

test('a template is asked on each host, and a wrong value connects to none', async () => {
  const fleet = createFleet(
    hostNamed('a', { vars: { admin: 'anna', sshd: '2200' } }),
    hostNamed('b', { vars: { admin: 'ben', sshd: 'many' } }),
  );
  const { logins } = await runPlays(`- { hosts: drones, remote_user: "{{ admin }}", ${task} }`, fleet);
  expect(logins).toEqual(['a anna local a:22', 'b ben local b:22']);
  const wrong = await runPlays(`- { hosts: drones, port: "{{ sshd }}", ${task} }`, fleet);
  expect(wrong.logins).toEqual([]);
  expect(wrong.state.errors).toMatchObject([{ code: 'SW6014', host: 'b', message: 'port: must be a port from 1 to 65535, not "many"' }]);
});

test('a host that a task delegates to is logged in to as the inventory says', async () => {
  const { logins } = await runPlays(`
- hosts: a
  remote_user: root
  tasks: [{ put: { path: /x, content: y }, delegate_to: b }]
`);
  expect(logins).toEqual(['a root local a:22', 'b swarm local b:22']);
});

test('the guards see the jobs of the user in the inventory too', async () => {
  const fleet = createFleet(users('a', 'swarm'));
  const play = '- { hosts: a, remote_user: root, tasks: [{ command: reboot, disruptive: true }] }';
  const jobsOf = new Map([['swarm', new Map([['old', job]])]]);
  const run = await fleet.run(play, {
    deps: {
      connect: async (host, signal) => ({ ...(await fleet.machine('a').connect(signal)), host }),
      listJobs: async ({ host }) => [...(jobsOf.get(host.login.user)?.keys() ?? [])],
      openJobs: () => ({ status: async () => ({ state: 'running' }) }) as never,
    },
  });
  expect(run.state.errors).toMatchObject([{ code: 'SW3006', message: expect.stringContaining('old') }]);
});

test('a disruptive task is refused where the user in the inventory cannot log in', async () => {
  const fleet = createFleet(users('a', 'swarm'));
  const { state } = await fleet.run('- { hosts: a, remote_user: root, tasks: [{ command: reboot, disruptive: true }] }', {
    deps: {
      connect: (host, signal) =>
        host.login.user === 'root' ? fleet.machine('a').connect(signal) : Promise.reject(new Error('permission denied')),
    },
  });
  expect(state.errors).toMatchObject([
    { code: 'SW3006', message: expect.stringContaining('the jobs of swarm, the user in the inventory, cannot be listed') },
  ]);
});

test('remote_user of a task and of a block: a login of its own, made once, and the others keep theirs', async () => {
  const { state, logins } = await runPlays(`
- hosts: "a,b"
  vars: { admin: anna }
  port: 2222
  tasks:
    - { put: { path: /1, content: y } }
    - { put: { path: /2, content: y }, remote_user: root, run_once: true }
    - remote_user: "{{ admin }}"
      block:
        - { put: { path: /3, content: y } }
        - { put: { path: /4, content: y }, delegate_to: b, run_once: true }
        - { put: { path: /5, content: y }, remote_user: swarm }
    - { put: { path: /6, content: y } }
`);
  expect(state.errors).toEqual([]);
  expect(logins.toSorted()).toEqual([
    ...['a anna local a:2222', 'a root local a:2222', 'a swarm local a:2222'],
    ...['b anna local b:2222', 'b swarm local b:2222'],
  ]);
});

test('an empty remote_user of a task is named with its place', async () => {
  const { state } = await runPlays(`
- hosts: a
  vars: { nobody: "" }
  tasks: [{ put: { path: /x, content: y }, remote_user: "{{ nobody }}" }]
`);
  expect(state.errors).toMatchObject([{ code: 'SW6014', message: expect.stringContaining('remote_user: must be the name of a user') }]);
});
