import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SwarmError } from '../../src/core/error/swarm-error.ts';
import { wallClock } from '../../src/engine/clock.ts';
import { rows } from '../setup/cases.ts';
import { makeFolder } from '../setup/project-folder.ts';
import { createFleet, memoryJournal } from './fleet.ts';

const FILES = {
  'site.yml': `
- hosts: drones
  roles: [web]
  tasks:
    - { include_tasks: "{{ item }}.yml", loop: [one, two] }
    - { name: long, command: make all, async: 1h, register: built }
    - { name: last, put: { path: /last, content: "{{ built.rc }} {{ said.value }}" } }
  handlers:
    - { name: plain, command: plain }
    - { name: deep, command: deep }
`,
  'roles/web/tasks/main.yml': `
- { name: conf, put: { path: /conf, content: x }, notify: restart }
- { name: said, say: { value: 5 }, register: said }
- { include_role: { name: inner } }
`,
  'roles/web/handlers/main.yml': '- { name: restart, command: restart }\n',
  'roles/inner/tasks/main.yml': '- { name: inner, put: { path: /inner, content: x }, notify: deep }\n',
  'one.yml': '- { name: one, put: { path: "/{{ item }}", content: x }, notify: plain }\n',
  'two.yml':
    '- block: [{ name: two, put: { path: "/two{{ number }}", content: x } }]\n  loop: [1, 2]\n  loop_control: { loop_var: number }\n',
};

/** A fleet of one whose commands succeed and whose jobs end. */
function machines() {
  const hosts = createFleet('a');
  const a = hosts.machine('a');
  const commands: string[] = [];
  a.program = ({ argv }) => {
    commands.push(argv.join(' '));
    return {};
  };
  a.onJob = (id, machine) => machine.finish(id, 0);
  return { hosts, a, commands };
}

test('killed before any event and resumed, a play with roles, includes, loops and a job ends as an uninterrupted one, and no handler is lost', async () => {
  const file = join(makeFolder(FILES), 'site.yml');
  const deps = { clock: wallClock };
  const run = ({ hosts }: ReturnType<typeof machines>, journal: ReturnType<typeof memoryJournal>) =>
    hosts.run(FILES['site.yml'], { file, journal, deps });
  const whole = machines();
  const { state, events } = await run(whole, memoryJournal());
  expect(state).toMatchObject({ status: 'ok', exit: 0, errors: [] });
  for (const cut of rows(events.map((_, at) => at).slice(2), 3)) {
    const when = `before event ${cut}, ${events[cut]?.type}`;
    const killed = machines();
    const journal = memoryJournal();
    journal.on(({ seq }) => {
      if (seq >= cut) throw new SwarmError('SW5001', 'killed');
    });
    await expect(run(killed, journal)).rejects.toThrow('killed');
    const again = await run(killed, memoryJournal(journal.events.slice(0, cut)));
    expect(again.state, when).toMatchObject({ status: 'ok', exit: 0, errors: [], waitingHandlers: [] });
    expect([...killed.a.files], when).toEqual([...whole.a.files]);
    expect(killed.a.jobs.size, when).toBe(0);
    expect(killed.commands, when).toEqual(expect.arrayContaining(['restart', 'plain', 'deep']));
  }
});
