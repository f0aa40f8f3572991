import { expect, test } from 'vitest';
import { wallClock } from '../../../src/engine/clock.ts';
import { createFleet, type TestFleet } from '../fleet.ts';

const tasks = (text: string, hosts: TestFleet) =>
  hosts.run(`- hosts: drones\n  tasks:\n${text.trim().replace(/^/gm, '    ')}\n`, { deps: { clock: wallClock } });

test('a task with async runs its command as a job, and waits for it', async () => {
  const hosts = createFleet('a');
  const machine = hosts.machine('a');
  machine.onJob = (id) => {
    machine.write(id, 'built\n');
    machine.finish(id, 0);
  };
  const { state } = await tasks(
    '- { command: make all, async: 600, register: out }\n- { put: { path: /out, content: "{{ out.stdout }}" } }',
    hosts,
  );
  expect(state.errors).toEqual([]);
  expect(machine.done[0]).toMatch(/^job /);
  expect(machine.files.get('/out')).toBe('built\n');
  expect(machine.jobs.size).toBe(0);
});

test('with poll: 0 the task ends at once, and async_status says what became of the job', async () => {
  const hosts = createFleet('a');
  const machine = hosts.machine('a');
  let asked = 0;
  machine.onJob = () => undefined;
  machine.program = () => {
    const [id] = machine.jobs.keys();
    if (++asked === 1 && id !== undefined) machine.finish(id, 0);
    return {};
  };
  const { finished, state } = await tasks(
    `
- { name: start, command: make all, async: 1h, poll: 0, register: job }
- { name: see, async_status: { jid: "{{ job.job }}" }, register: seen }
- { name: early, put: { path: /early, content: x }, when: "!seen.finished" }
- { name: nudge, command: x }
- { name: wait, async_status: { jid: "{{ job.job }}" }, register: end, until: end.finished, retries: 5, delay: 3 }
`,
    hosts,
  );
  expect(state.errors).toEqual([]);
  expect(finished).toEqual(['a start changed', 'a see ok', 'a early changed', 'a nudge changed', 'a wait ok']);
  expect(state.notes).toEqual([expect.stringMatching(/^start goes on on a as job /)]);
});

test('a job that failed fails the task that asks for it', async () => {
  const hosts = createFleet('a');
  hosts.machine('a').onJob = (id, machine) => machine.finish(id, 3);
  const { state } = await tasks('- { command: make, async: 60, poll: 0, register: job }\n- async_status: "{{ job.job }}"', hosts);
  expect(state.errors).toMatchObject([{ code: 'SW6001' }]);
});

test('a check run starts no job', async () => {
  const hosts = createFleet('a');
  const { state } = await hosts.run('- hosts: drones\n  tasks: [ { command: make, async: 60, poll: 0 } ]\n', { options: { check: true } });
  expect(state.errors).toEqual([]);
  expect(hosts.machine('a').done).toEqual([]);
});

test('of what a job prints without end, the result has the last 4 MiB, whether the task waits or asks later', async () => {
  const hosts = createFleet('a');
  hosts.machine('a').onJob = (id, machine) => {
    machine.write(id, `first\n${'words\n'.repeat(2_000_000)}last\n`);
    machine.finish(id, 0);
  };
  const { state } = await tasks(
    `
- { command: make, async: 600, register: waited }
- { command: make, async: 600, poll: 0, register: job }
- { async_status: { jid: "{{ job.job }}" }, register: asked }
- { put: { path: /waited, content: "{{ waited.stdout }}" } }
- { put: { path: /asked, content: "{{ asked.stdout }}" } }
- { put: { path: /cut, content: x }, when: asked.truncated }
`,
    hosts,
  );
  expect(state.errors).toEqual([]);
  const read = (path: string): string => hosts.machine('a').files.get(path) ?? '';
  for (const path of ['/waited', '/asked']) expect([read(path).length, read(path).endsWith('last\n')]).toEqual([4 * 1024 * 1024, true]);
  expect(read('/cut')).toBe('x');
});
