import { expect, test } from 'vitest';
import { type Change, defineModule, type Json, SwarmError, z } from '../../../src/index.ts';
import type { ModuleSource } from '../../../src/language/playbook/playbook-files.ts';
import { formatRecap } from '../../../src/report/recap.ts';
import { runDocument } from '../../../src/report/reporters/run-document.ts';
import { createFleet, type TestFleet } from '../fleet.ts';
import { testModules } from '../modules.ts';

/** A dry run of one play on one host. */
async function check(tasks: string, { handlers = '', fleet = createFleet('a') }: { handlers?: string; fleet?: TestFleet } = {}) {
  const indent = (text: string): string => text.trim().replace(/^/gm, '      ');
  const after = handlers === '' ? '' : `    handlers:\n${indent(handlers)}\n`;
  const ran = await fleet.run(`plays:\n  - hosts: drones\n    tasks:\n${indent(tasks)}\n${after}`, { options: { check: true } });
  const because = ran.events.flatMap((event) => (event.type === 'task.finished' ? [event.because] : []));
  return { ...ran, because, finished: ran.finished.map((line) => line.replace(/^a /, '')) };
}

test('a dry run tells apart ok, would change, skipped and unknown', async () => {
  const { finished, state, because } = await check(`
- { name: is right, say: 1 }
- { name: differs, put: { path: /x, content: new } }
- { name: never, say: 1, when: "false" }
- { name: not run, command: look, register: out }
`);
  expect(finished).toEqual(['is right ok', 'differs changed', 'never skipped', 'not run unknown']);
  expect(because.at(-1)).toBe('it is not run in a check; where it only reads, check_mode: false runs it');
  expect(runDocument(state).hosts['a']).toMatchObject({ ok: 1, changed: 1, skipped: 1, unknown: 1, failed: 0 });
  expect(runDocument({ ...state, check: false }).hosts['a']).not.toHaveProperty('unknown');
  const recap = formatRecap(state, { columns: 120, colour: false, unicode: true, given: {} } as never).join('\n');
  expect(recap).toMatch(/ok +would change +failed +unreachable +refused +skipped +unknown/);
});

test.each([
  ['when', 'say: 1\n  when: out.rc == 0'],
  ['an argument', 'say: "{{ out.stdout }}"'],
  ['a default of an argument', 'say: "{{ default out.stdout 1 }}"'],
  ['a default in a condition', 'say: 1\n  when: default(out.rc, 0) == 0'],
  ['defined', 'say: 1\n  when: defined(out.rc)'],
  ['a variable that uses the result', 'say: "{{ line }}"\n  vars: { line: "{{ word }}!", word: "{{ out.stdout }}" }'],
  ['a variable with a default', 'say: "{{ line }}"\n  vars: { line: "{{ default word 1 }}", word: "{{ out.stdout }}" }'],
  ['loop', 'say: "{{ item }}"\n  loop: out.stdout_lines'],
  ['a loop with a condition', 'say: "{{ item }}"\n  loop: out.stdout_lines\n  when: out.rc == 0'],
  ['one value of a loop', 'say: "{{ item }}"\n  loop: ["{{ out.stdout }}", 1]'],
  ['changed_when', 'command: look\n  changed_when: out.rc == 0'],
  ['failed_when', 'say: 1\n  failed_when: out.rc != 0'],
  ['delegate_to', 'say: 1\n  delegate_to: "{{ out.stdout }}"'],
  ['retries', 'say: 1\n  retries: "{{ out.rc }}"'],
  ['throttle', 'say: "{{ out.rc }}"\n  throttle: "{{ out.rc }}"'],
])('what depends on a task that was not run is unknown: %s', async (_, task) => {
  const { finished, state } = await check(`
- { name: not run, command: look, register: out }
- name: depends
  ${task}
`);
  expect(state.errors).toEqual([]);
  expect(finished).toEqual(['not run unknown', 'depends unknown']);
});

test('a value that the unknown one cannot change is known', async () => {
  const { finished } = await check(`
- { name: not run, command: look, register: out }
- { name: one is false, say: 1, when: [out.rc == 0, "false"] }
- { name: or, say: 1, when: out.rc == 0 || check_mode }
- { name: and, say: 1, when: out.rc == 0 && !check_mode }
- { name: other, say: 1, register: out }
- { name: again, say: "{{ out.value }}", when: out.value == 1 }
`);
  expect(finished.slice(1)).toEqual(['one is false skipped', 'or ok', 'and skipped', 'other ok', 'again ok']);
});

test('unknown passes on: through register, set_fact and blocks', async () => {
  const { finished, state } = await check(`
- { name: not run, command: look, register: out }
- { name: second, say: 1, when: out.rc == 0, register: said }
- { name: third, say: "{{ said.value }}" }
- { name: fact, set_fact: { word: "{{ out.stdout }}" } }
- { name: fourth, say: "{{ word }}" }
- name: block
  when: word == "x"
  block: [{ name: inside, say: 1, register: inner }]
  rescue: [{ name: rescue, say: 1 }]
- { name: fifth, say: 1, when: "!inner.failed" }
`);
  expect(state.errors).toEqual([]);
  expect(finished.map((line) => line.replace(/.* /, ''))).toEqual(finished.map(() => 'unknown'));
  expect(finished).toHaveLength(7);
});

test('what an unknown include would register is unknown', async () => {
  const { finished, state } = await check(`
- { name: not run, command: look, register: out }
- { name: before, say: 1, register: said }
- name: each
  loop: out.stdout_lines
  block: [{ name: inside, say: 1, register: said }, { name: inside, set_fact: { word: 1 } }]
- { name: said, say: "{{ said.value }}" }
- { name: word, say: 1, when: word == 1 }
`);
  expect(state.errors).toEqual([]);
  expect(finished).toEqual(['not run unknown', 'before ok', 'each unknown', 'said unknown', 'word unknown']);
});

test('a handler runs for a change, and is unknown where only unknown results notify it', async () => {
  const { finished } = await check(
    `
- { name: not run, command: look, notify: [maybe, surely] }
- { name: differs, put: { path: /x, content: new }, notify: surely }
`,
    { handlers: '- { name: maybe, say: 1 }\n- { name: surely, say: 1 }' },
  );
  expect(finished).toEqual(['not run unknown', 'differs changed', 'maybe unknown', 'surely ok']);
});

test('a task that is run in a check is known', async () => {
  const fleet = createFleet('a');
  fleet.machine('a').program = () => ({ stdout: 'yes' });
  const { finished } = await check(
    `
- { name: really, command: look, check_mode: false, register: out }
- { name: depends, say: 1, when: out.stdout == "yes" }
`,
    { fleet },
  );
  expect(finished).toEqual(['really changed', 'depends ok']);
});

test('a dry run does not end a host by a condition that it does not know, and says so', async () => {
  const { finished, state } = await check(`
- { name: not run, command: look, register: out }
- { meta: end_host, when: out.rc == 0 }
- { name: last, say: 1 }
`);
  expect(finished.at(-1)).toBe('last ok');
  expect(state.notes).toEqual(['a: whether `meta: end_host` counts is unknown: it depends on `out`, which is known only after a real run']);
});

test('a failure after a task that was not done is unknown with its message, and the dry run goes on', async () => {
  const { finished, because, state } = await check(
    `
- { name: made, put: { path: /x, content: new } }
- { name: needs it, fail: { msg: no such folder }, register: out }
- { name: depends, say: 1, when: out.changed }
- name: block
  block: [{ name: inside, fail: { msg: no such group } }]
  rescue: [{ name: rescue, say: 1 }]
- { name: each, fail: { msg: "{{ item }}" }, loop: [one, two] }
- { name: last, say: 1 }
`,
  );
  expect(finished).toEqual(['made changed', 'needs it unknown', 'depends unknown', 'inside unknown', 'each unknown', 'last ok']);
  expect(because[1]).toBe('SW6012: no such folder; the dry run did not do "made", which may change that');
  expect(state).toMatchObject({ errors: [], exit: 0 });
  const recap = formatRecap(state, { columns: 120, colour: false, unicode: true, given: {} } as never).join('\n');
  expect(recap).toContain('? unknown: 3 tasks failed in the check, and may not in the run: look at what they say');
});

test('a task that may have changed something counts too', async () => {
  const { finished } = await check(`
- { name: not run, command: look }
- { name: fails, fail: { msg: no such user } }
`);
  expect(finished).toEqual(['not run unknown', 'fails unknown']);
});

test('a task that fails after a change of its own is unknown', async () => {
  const { finished } = await check('- { name: both, fail: { msg: no such package, change: lists } }');
  expect(finished).toEqual(['both unknown']);
});

test.each([
  ['nothing was left undone', '- { name: is right, say: 1 }', 'fail: { msg: no }'],
  ['what came before was done', '- { name: done, put: { path: /x, content: y }, check_mode: false }', 'fail: { msg: no }'],
  ['the playbook is wrong', '- { name: made, put: { path: /x, content: y } }', 'say: "{{ inventory_hostname.x }}"'],
])('a failure stays one in a dry run: %s', async (_, before, task) => {
  const { finished, state } = await check(`${before}\n- { name: fails, ${task} }\n- { name: last, say: 1 }\n`);
  expect(finished.at(-1)).toBe('fails failed');
  expect(state.exit).toBe(2);
});

/** Modules by the names of real ones, so that it counts what these can bring; `entry` lacks a program. */
const named: ModuleSource = {
  names: [...testModules.names, 'group', 'lineinfile', 'shell', 'entry'],
  load: async (name) => {
    if (name === 'entry') return entry;
    return testModules.load(name === 'group' || name === 'lineinfile' ? 'put' : name === 'shell' ? 'command' : name);
  },
};

const entry = defineModule({
  summary: 'an entry of a crontab',
  args: z.strictObject({}),
  example: '',
  // biome-ignore lint/correctness/useYield: it fails
  async *run(): AsyncGenerator<Change, Json, void> {
    throw new SwarmError('SW6011', 'the host has no crontab', { lacks: { kind: 'program', name: 'crontab' } });
  },
});

const LINE = '- { name: line, lineinfile: { path: /etc/x, content: y } }';
const GROUP = '- { name: web, group: { path: web, content: y } }';

test.each([
  ['after tasks that cannot bring it', `${GROUP}\n${LINE}`, 'entry: {}', ['web changed', 'line changed', 'fails failed']],
  ['after a command', `${GROUP}\n- { name: install, shell: x }\n${LINE}`, 'entry: {}', '"install"'],
  ['what no error names, after a group', GROUP, 'fail: {}', ['web changed', 'fails failed']],
  ['what no error names, after the nearest that fits', `- { name: install, shell: x }\n${LINE}\n${GROUP}`, 'fail: {}', '"line"'],
  [
    'after a loop whose values are unknown',
    '- { name: o, shell: x, register: o }\n- { name: each, put: { path: /x, content: y }, loop: o.x }',
    'fail: {}',
    '"each"',
  ],
])('a failure is unknown only where a task before may bring what it lacks: %s', async (_, before, task, expected) => {
  const fleet = createFleet('a');
  const run = (yaml: string, extra: Parameters<TestFleet['run']>[1]) => fleet.run(yaml, { ...extra, deps: { modules: named } });
  const { finished, because, state } = await check(`${before}\n- { name: fails, ${task} }\n- { name: last, say: 1 }`, {
    fleet: { ...fleet, run },
  });
  if (typeof expected === 'string') expect(because.at(-2)).toContain(`the dry run did not do ${expected}`);
  else expect(finished).toEqual(expected);
  expect(state.exit).toBe(typeof expected === 'string' ? 0 : 2);
});

test('a command that says it only reads makes no later failure unknown', async () => {
  const { finished } = await check(`
- { name: looks, command: look, changed_when: false }
- { name: fails, fail: { msg: no such folder } }
`);
  expect(finished).toEqual(['looks unknown', 'fails failed']);
});
