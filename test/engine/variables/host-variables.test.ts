import { expect, test } from 'vitest';
import type { Vars } from '../../../src/core/json-value.ts';
import { createFleet } from '../fleet.ts';
import { hostNamed } from '../machine.ts';

/** Runs tasks on a and b. Returns for each host what its last task `put` into /out, and the errors. */
async function run(
  tasks: string,
  { vars = {}, keywords = '', check = false }: { vars?: Readonly<Record<string, Vars>>; keywords?: string; check?: boolean } = {},
) {
  const fleet = createFleet(...['a', 'b'].map((name) => hostNamed(name, { vars: vars[name] ?? {} })));
  const indent = (text: string): string => text.trim().replace(/^/gm, '      ');
  const { state, finished } = await fleet.run(`plays:\n  - hosts: drones\n${keywords}    tasks:\n${indent(tasks)}\n`, {
    options: { check },
  });
  const out = Object.fromEntries(['a', 'b'].map((name) => [name, fleet.machine(name).files.get('/out')?.toString()]));
  return { out, errors: state.errors, finished };
}

const OTHER = `hostvars[inventory_hostname == "a" ? "b" : "a"].token == (inventory_hostname == "a" ? "of-b" : "of-a")`;

test.each([
  ['a variable of the inventory', '{{ hostvars.b.port }}', '8080'],
  ['its name', '{{ hostvars.b.inventory_hostname }}', 'b'],
  ['its address', '{{ hostvars.b.host.address }}', 'b'],
  ['a variable that uses others of that host', '{{ hostvars.b.url }}', 'http://b:8080'],
  ['a variable by way of its host', '{{ hostvars.b.host.vars.url }}', 'http://b:8080'],
  ['a fact', '{{ hostvars.b.facts.hostname }}', 'b'],
  ['a name that is computed', '{{ get (get hostvars (last hosts)) "port" }}', '8080'],
  ['a default', '{{ default hostvars.b.nope "none" }}', 'none'],
])('a template reads %s of another host', async (_, text, value) => {
  const b = { port: '8080', url: 'http://{{ inventory_hostname }}:{{ port }}' };
  const { out, errors } = await run(`- put: { path: /out, content: '${text}' }`, { vars: { b } });
  expect(errors).toEqual([]);
  expect(out).toEqual({ a: value, b: value });
});

test.each([
  ['a template', '- put: { path: /out, content: "{{ host.vars.url }}" }'],
  [
    'an expression',
    '- put: { path: /out, content: "http://{{ inventory_hostname }}:{{ port }}" }\n  when: host.vars.url.endsWith(":" + port)',
  ],
])('host.vars has the values of templates, and those of the inventory: %s', async (_, task) => {
  const url = 'http://{{ inventory_hostname }}:{{ port }}';
  const { out, errors } = await run(`- set_fact: { url: other }\n${task}`, { vars: { a: { port: '80', url }, b: { port: '8080', url } } });
  expect(errors).toEqual([]);
  expect(out).toEqual({ a: 'http://a:80', b: 'http://b:8080' });
});

test('an expression reads what a task before it set on another host', async () => {
  const { out, errors } = await run(`
- set_fact: { token: "of-{{ inventory_hostname }}" }
- set_fact: { other: "{{ inventory_hostname }}" }
- say: of the other
  register: said
  when: '${OTHER}'
- put: { path: /out, content: "{{ hostvars.a.said.failed }} {{ hostvars.b.token }}" }
`);
  expect(errors).toEqual([]);
  expect(out).toEqual({ a: 'false of-b', b: 'false of-b' });
});

test('all hosts of a task read what was set before it', async () => {
  const { out } = await run(`
- set_fact: { n: 1 }
- set_fact: { n: "{{ add hostvars.a.n hostvars.b.n }}" }
- put: { path: /out, content: "n {{ n }}" }
`);
  expect(out).toEqual({ a: 'n 2', b: 'n 2' });
});

test.each([
  ['template', "- put: { path: /out, content: '{{ hostvars.b.token }}' }", 'b has no variable `token`'],
  [
    'template with a computed name',
    `- put: { path: /out, content: '{{ get (get hostvars (last hosts)) "token" }}' }`,
    'b has no variable `token`',
  ],
  ['expression', '- say: 1\n  when: hostvars[hosts[1]].token == 1', 'b has no variable `token`'],
  ['host', '- say: 1\n  when: hostvars["bb"].token == 1', 'the inventory has no host `bb`'],
  ['host of a template', "- say: '{{ hostvars.bb.token }}'", 'the inventory has no host `bb`'],
  ['facts', '- say: "{{ hostvars.localhost.facts.cores }}"', 'swarm does not know the facts of localhost in this run'],
])('a value that is not there is named with its host: %s', async (_, task, message) => {
  const { errors } = await run(task);
  expect(errors.map((error) => error.message)[0]).toContain(message);
  expect(errors[0]?.hint).toMatch(/^(hostvars has|Put the host|Did you mean)/);
});

test('variables of two hosts may read each other', async () => {
  const a = { api: '{{ default hostvars.a.host.address "none" }}', loop: '{{ hostvars.b.loop }}' };
  const b = { api: '{{ hostvars.a.api }}', loop: '{{ hostvars.a.loop }}' };
  const { out, errors } = await run(`- put: { path: /out, content: '{{ api }}' }`, { vars: { a, b } });
  expect(errors).toEqual([]);
  expect(out).toEqual({ a: 'a', b: 'a' });
  const circle = await run("- say: '{{ loop }}'", { vars: { a, b } });
  expect(circle.errors[0]?.message).toContain('uses itself by way of hostvars');
});

test('in a dry run the result of a command on another host is unknown', async () => {
  const { finished, errors } = await run(
    `
- { name: look, command: look, register: out }
- { name: read, say: "{{ hostvars.b.out.stdout }}" }
- { name: defaulted, say: "{{ default hostvars.b.out.stdout 1 }}" }
- { name: asked, say: 1, when: 'default(hostvars["b"].out.rc, 0) == 0' }
- { name: known, say: "{{ hostvars.b.inventory_hostname }}" }
`,
    { check: true },
  );
  expect(errors).toEqual([]);
  expect(finished.filter((line) => line.startsWith('a '))).toEqual([
    'a look unknown',
    'a read unknown',
    'a defaulted unknown',
    'a asked unknown',
    'a known ok',
  ]);
});

test('with strategy free a host reads what earlier plays set', async () => {
  const { errors } = await run('- set_fact: { token: 1 }\n- say: "{{ hostvars.a.token }}"', { keywords: '    strategy: free\n' });
  expect(errors.map((error) => error.message)).toEqual([
    expect.stringContaining('a has no variable'),
    expect.stringContaining('a has no variable'),
  ]);
});
