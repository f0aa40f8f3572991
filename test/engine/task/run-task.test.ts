import { expect, test } from 'vitest';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import { Secret } from '../../../src/core/secret.ts';
import { createFleet, type TestFleet } from '../fleet.ts';
import { hostNamed } from '../machine.ts';

/** Tasks of one play on one host, and what they registered last. */
async function tasks(yaml: string, hosts: TestFleet = createFleet('a'), extra: Parameters<TestFleet['run']>[1] = {}) {
  const indented = yaml
    .trim()
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n');
  const ran = await hosts.run(`plays:\n  - hosts: drones\n    tasks:\n${indented}\n`, extra);
  const results = ran.events.flatMap((event) => (event.type === 'task.finished' ? [event.result] : []));
  return { ...ran, results, last: results.at(-1) };
}

test('a module knows whether a condition or a name uses its result', async () => {
  const ways = ['', 'register: out', 'until: result.used', 'failed_when: "false"', 'changed_when: "false"'];
  const { results, state } = await tasks(ways.map((way) => `- { tellUse: {}, ${way} }`).join('\n'));
  expect(state.errors).toEqual([]);
  expect(results).toMatchObject([false, true, true, true, true].map((used) => ({ used })));
});

test('when is evaluated for each host, and all conditions of a list must hold', async () => {
  const { finished } = await tasks(
    `
- { name: all, say: 1, when: [facts.cores >= 4, "true"] }
- { name: one, say: 1, when: inventory_hostname == "b" }
`,
    createFleet('a', 'b'),
  );
  expect(finished).toEqual(['a all ok', 'b all ok', 'a one skipped', 'b one ok']);
});

test('a loop runs once for each value, keeps the types of the values, and registers one list', async () => {
  const hosts = createFleet('a');
  const { last, events, finished, state } = await tasks(
    `
- { name: list, say: { value: { files: [/one, /two, /three] } }, register: found }
- name: each
  put: { path: "{{ item }}", content: x }
  loop: found.files
  when: item != "/two"
  register: out
- { name: show, say: { value: "{{ out.results }}" } }
`,
    hosts,
  );
  expect(state.errors).toEqual([]);
  expect(finished).toEqual(['a list ok', 'a each changed', 'a show ok']);
  expect([...hosts.machine('a').files.keys()]).toEqual(['/one', '/three']);
  expect(last).toMatchObject({ value: [{ item: '/one', changed: true }, { item: '/two', skipped: true }, { item: '/three' }] });
  expect(events.flatMap((event) => (event.type === 'task.started' && event.loop !== undefined ? [event.loop] : []))).toEqual([0, 2]);
});

test.each([
  ['a task', '{ name: t, tries: {} }', 'changed'],
  ['a task of a dry run', '{ name: t, tries: {}, check_mode: true }', 'ok'],
  ['a disruptive task', '{ name: t, tries: {}, disruptive: true }', 'ok'],
  ['a job', '{ name: t, tries: {}, async: 10s, poll: 0 }', 'ok'],
  ['a task whose result is used', '{ name: t, tries: {}, register: r }', 'ok'],
  ['a task that notifies', '{ name: t, tries: {}, notify: h }', 'ok'],
])('%s: are changes taken that are only tried?', async (_, task, outcome) => {
  const play = `plays: [ { hosts: drones, tasks: [ ${task} ], handlers: [ { name: h, say: { value: x } } ] } ]`;
  const { finished } = await createFleet('a').run(play);
  expect(finished[0]).toBe(`a t ${outcome}`);
});

test('a preparation is made, and does not make a task one that changed something', async () => {
  const hosts = createFleet('a');
  const play = `plays:
  - hosts: drones
    tasks: [ { name: one, prepares: {}, notify: h }, { name: two, prepares: { path: /x }, notify: h } ]
    handlers: [ { name: h, say: { value: x } } ]`;
  const { finished } = await hosts.run(play);
  expect(finished).toEqual(['a one ok', 'a two changed', 'a h ok']);
  expect([...hosts.machine('a').files.keys()]).toEqual(['/lists', '/x']);
});

test('a check makes no preparation, and does not tell of it', async () => {
  const hosts = createFleet('a');
  const { finished } = await hosts.run('plays: [ { hosts: drones, tasks: [ { name: one, prepares: {} } ] } ]', {
    options: { check: true },
  });
  expect(finished).toEqual(['a one ok']);
  expect(hosts.machine('a').files.size).toBe(0);
});

test('an empty loop is skipped, and so is a loop over the result of a skipped task', async () => {
  const { finished } = await tasks(`
- { name: never, say: 1, when: "false", register: r }
- { name: empty, say: 1, loop: [] }
- { name: other, say: "{{ item }}", loop: r.files, when: "!r.skipped" }
`);
  expect(finished).toEqual(['a never skipped', 'a empty skipped', 'a other skipped']);
});

test('until tries again after a delay, up to its limit, and never runs one job twice', async () => {
  const hosts = createFleet('a');
  let calls = 0;
  hosts.machine('a').program = () => ({ stdout: String(++calls) });
  const { finished, events, clock } = await tasks(
    `
- { name: wait, command: look, register: out, until: out.stdout == "3", retries: 5, delay: 7 }
`,
    hosts,
  );
  expect(finished).toEqual(['a wait changed']);
  expect(calls).toBe(3);
  expect(clock.slept).toEqual([7000, 7000]);
  expect(events.flatMap((event) => (event.type === 'task.retried' ? [[event.attempt, event.of]] : []))).toEqual([
    [2, 6],
    [3, 6],
  ]);
  const { state } = await tasks('- { command: look, register: out, until: ["true", "false"], retries: 2, delay: 1 }', hosts);
  expect(state.errors).toMatchObject([{ code: 'SW6012' }]);
});

test('a task that repeats registers how often it ran, also for until itself and each item of a loop', async () => {
  const hosts = createFleet('a');
  let calls = 0;
  hosts.machine('a').program = () => ({ stdout: String(++calls) });
  const { finished } = await tasks(
    `
- { name: wait, command: look, register: out, until: out.attempts == 3, retries: 5, delay: 1 }
- { name: never, command: look, register: none, until: "false", retries: 1, delay: 1, ignore_errors: true }
- { name: each, command: look, register: all, until: int(all.stdout) > 7, delay: 1, loop: [1, 2] }
- { name: three, say: 1, when: "out.attempts == 3 && none.attempts == 2 && all.results[0].attempts == 3 && all.results[1].attempts == 1" }
`,
    hosts,
  );
  expect(finished).toEqual(['a wait changed', 'a never failed', 'a each changed', 'a three ok']);
});

test('a failure is reported as it is where a condition reads a field that only a success has', async () => {
  const hosts = createFleet('a');
  hosts.machine('a').program = () => ({ exit: 1 });
  for (const condition of ['until: out.status == 200, retries: 1', 'failed_when: out.status != 200', 'changed_when: out.status == 200']) {
    const { state, events } = await tasks(`- { command: look, register: out, ${condition} }`, hosts);
    expect(state.errors, condition).toMatchObject([{ code: 'SW6001' }]);
    expect(events.filter((event) => event.type === 'task.retried')).toHaveLength(condition.startsWith('until') ? 1 : 0);
  }
});

test('failed_when and changed_when overrule a command that failed', async () => {
  const hosts = createFleet('a');
  hosts.machine('a').program = () => ({ exit: 1, stdout: 'nothing to do' });
  const { finished } = await tasks(
    `
- { name: fine, command: grep, register: out, failed_when: out.rc > 1, changed_when: "false" }
- { name: bad, command: grep, register: out, failed_when: "'nothing' in [out.stdout, 'nothing']", ignore_errors: true }
- { name: after, say: "{{ out.failed }}" }
`,
    hosts,
  );
  expect(finished).toEqual(['a fine ok', 'a bad failed', 'a after ok']);
});

test('an ignored failure is reported and does not count', async () => {
  const { state, events } = await tasks(`
- { name: try, fail: { msg: no }, ignore_errors: true, register: tried }
- { name: on, say: "{{ tried.msg }}" }
`);
  expect(state).toMatchObject({ status: 'ok', exit: 0, errors: [] });
  expect(state.hosts.get('a')?.tally).toMatchObject({ failed: 0, ok: 2 });
  expect(events.find((event) => event.type === 'task.finished')).toMatchObject({ outcome: 'failed', ignored: true });
  expect(state.hosts.get('a')).toMatchObject({ ignored: 1 });
});

test('a rescued failure is counted, of a task as of a step that is not a task', async () => {
  const { state } = await tasks(`
- block: [{ fail: { msg: no } }]
  rescue: [{ say: 1 }]
- block: [{ say: "{{ nothing }}" }]
  rescue: [{ say: 1 }]
- block: [{ meta: end_host, when: nothing }]
  rescue: [{ say: 1 }]
`);
  expect(state).toMatchObject({ status: 'ok', exit: 0, errors: [] });
  expect(state.hosts.get('a')).toMatchObject({ rescued: 3, tally: { failed: 0 } });
  expect(state.hosts.get('a')?.ignored).toBeUndefined();
});

test('rescue runs where a block failed, always runs in any case', async () => {
  const hosts = createFleet('a', 'b');
  hosts.machine('a').program = () => ({ exit: 1 });
  const { finished, state } = await tasks(
    `
- block:
    - { name: "work {{ inventory_hostname }}", command: work }
    - { name: more, say: 1 }
  rescue:
    - { name: "mend {{ failed_result.task }} {{ failed_result.rc }} {{ failed_result.code }}", say: 1 }
  always:
    - { name: tidy, say: 1 }
- { name: next, say: 1 }
`,
    hosts,
  );
  expect(finished.filter((each) => each.startsWith('a'))).toEqual([
    'a work a failed',
    'a mend work a 1 SW6001 ok',
    'a tidy ok',
    'a next ok',
  ]);
  expect(finished.filter((each) => each.startsWith('b'))).toEqual(['b work b changed', 'b more ok', 'b tidy ok', 'b next ok']);
  expect(state).toMatchObject({ exit: 0, errors: [] });
});

test('a rescue that fails itself fails the host, after always', async () => {
  const { finished, state } = await tasks(`
- block: [{ name: work, fail: {} }]
  rescue: [{ name: mend, fail: { msg: worse } }]
  always: [{ name: tidy, say: 1 }]
- { name: next, say: 1 }
`);
  expect(finished).toEqual(['a work failed', 'a mend failed', 'a tidy ok']);
  expect(state.errors).toMatchObject([{ message: 'worse' }]);
});

test('tasks inherit when, vars and ignore_errors from their blocks', async () => {
  const { finished } = await tasks(`
- when: inventory_hostname == "a"
  vars: { greeting: "hello {{ inventory_hostname }}" }
  ignore_errors: true
  block:
    - { name: "{{ greeting }}", say: 1 }
    - { name: bad, fail: {} }
    - { name: on, say: 1 }
- { name: other, say: 1, when: "false" }
`);
  expect(finished).toEqual(['a hello a ok', 'a bad failed', 'a on ok', 'a other skipped']);
});

test('handlers run once, at the end, in the order of their definition, on hosts that changed', async () => {
  const hosts = createFleet('a', 'b');
  hosts.machine('b').files.set('/one', 'x').set('/two', 'x');
  const { finished } = await hosts.run(`
plays:
  - hosts: drones
    tasks:
      - { name: one, put: { path: /one, content: x }, notify: [second, group] }
      - { name: two, put: { path: /two, content: x }, notify: second }
      - { name: three, say: 1 }
    handlers:
      - { name: first, say: 1, listen: group }
      - { name: second, put: { path: /s, content: x }, notify: third }
      - { name: third, say: 1 }
      - { name: never, say: 1 }
`);
  expect(finished.slice(6)).toEqual(['a first ok', 'a second changed', 'a third ok']);
});

test('tags select tasks: always unless skipped by name, never only on request', async () => {
  const hosts = createFleet('a');
  const playbook = `
plays:
  - hosts: drones
    tasks:
      - { name: plain, say: 1 }
      - { name: web, say: 1, tags: web }
      - { name: always, say: 1, tags: [always] }
      - { name: never, say: 1, tags: [never, debug] }
      - { tags: outer, block: [{ name: inner, say: 1 }] }
`;
  const run = async (tags: string[], skipTags: string[] = []): Promise<string> => {
    const { finished } = await hosts.run(playbook, { options: { tags, skipTags } });
    return finished.map((each) => each.split(' ')[1]).join(' ');
  };
  expect(await run([])).toBe('plain web always inner');
  expect(await run(['web'])).toBe('web always');
  expect(await run(['debug'])).toBe('always never');
  expect(await run(['outer'])).toBe('always inner');
  expect(await run(['untagged'])).toBe('plain always');
  expect(await run(['tagged'])).toBe('web always inner');
  expect(await run([], ['web', 'always'])).toBe('plain inner');
});

test('delegate_to runs on another host of the inventory, which must prove itself', async () => {
  const hosts = createFleet('a', hostNamed('store', { groups: [] }));
  const { finished } = await tasks(
    '- { name: put, put: { path: /x, content: "from {{ inventory_hostname }}" }, delegate_to: store }',
    hosts,
  );
  expect(finished).toEqual(['a put changed']);
  expect(hosts.machine('store').files.get('/x')).toBe('from a');
  expect(hosts.machine('a').files.size).toBe(0);
  const { state } = await tasks('- { put: { path: /x, content: y }, delegate_to: stroe }', hosts);
  expect(state.errors).toMatchObject([{ code: 'SW1203', hint: 'Did you mean store?' }]);
});

test('a task whose link breaks while it changes something says that its work may go on', async () => {
  const hosts = createFleet('a');
  hosts.machine('a').program = (_, machine) => {
    machine.cut();
    return {};
  };
  const { state } = await tasks('- { command: work }', hosts);
  expect(state.errors).toMatchObject([
    { code: 'SW2005', hint: 'What the task began may be done, or may go on there. Look before you run it again: swarm exec a -- ps -ef' },
  ]);
});

test('a delegate that does not answer fails the task, not the link to the host itself', async () => {
  const { silent } = await import('../machine.ts');
  const hosts = createFleet('a', hostNamed('store', { groups: [] }));
  hosts.machine('store').refusals.push(silent('store'));
  const { state } = await tasks('- { put: { path: /x, content: y }, delegate_to: store }', hosts);
  expect(state.hosts.get('a')?.tally).toMatchObject({ failed: 1, unreachable: 0 });
  expect(state.exit).toBe(2);
});

test('become: task over play over login, false for none', async () => {
  const hosts = createFleet(hostNamed('a', { login: { user: 'larry', keys: [], become: { method: 'sudo', user: 'root' } } }));
  await tasks(
    `
- { command: one }
- { command: two, become: false }
- { command: three, become: true, become_method: doas, become_user: portage }
`,
    hosts,
  );
  expect(hosts.machine('a').rights).toEqual([{ method: 'sudo', user: 'root' }, undefined, { method: 'doas', user: 'portage' }]);
});

test('a module that lacks rights as an ordinary login says to become root; as root it does not', async () => {
  const hintOf = async (user: string, become: boolean): Promise<string | undefined> => {
    const hosts = createFleet(hostNamed('a', { login: { user, keys: [] } }));
    hosts.machine('a').program = () => {
      throw new SwarmError('SW6012', 'mkdir: cannot create directory: Permission denied');
    };
    const { state } = await tasks(`- { command: one, become: ${become} }`, hosts);
    return state.errors.at(-1)?.hint;
  };
  expect(await hintOf('larry', false)).toMatch(/become: true/);
  expect([await hintOf('larry', true), await hintOf('root', false)]).toEqual([undefined, undefined]);
});

test('environment reaches commands, the task over the play', async () => {
  const hosts = createFleet('a');
  const seen: unknown[] = [];
  hosts.machine('a').program = ({ env }) => {
    seen.push(env);
    return {};
  };
  await hosts.run(`
plays:
  - hosts: drones
    environment: { A: play, B: "{{ inventory_hostname }}" }
    tasks: [{ command: x, environment: { A: task } }]
`);
  expect(seen).toEqual([{ A: 'task', B: 'a' }]);
});

test('environment is a template of a mapping or of a list of them, and an error for anything else', async () => {
  const hosts = createFleet('a');
  const seen: unknown[] = [];
  hosts.machine('a').program = ({ env }) => {
    seen.push(env);
    return {};
  };
  const { state } = await hosts.run(`
plays:
  - hosts: drones
    vars: { proxy: { A: one, B: 2 }, more: [{ C: three }, { A: "{{ inventory_hostname }}" }], word: x, nothing: {} }
    environment: "{{ proxy }}"
    tasks:
      - { command: x, environment: "{{ more }}" }
      - { command: x, environment: "{{ nothing }}" }
      - { command: x, environment: "{{ word }}" }
`);
  expect(seen).toEqual([
    { A: 'a', B: '2', C: 'three' },
    { A: 'one', B: '2' },
  ]);
  expect(state.errors).toMatchObject([{ code: 'SW6014', message: 'environment: must be names with values, not "x"' }]);
});

test('a task that takes longer than its limit fails, even if the module is stuck', async () => {
  const { state } = await tasks('- { hang: {}, timeout: 5 }');
  expect(state.errors).toMatchObject([{ code: 'SW6002' }]);
});

test('no_log: nothing of args, output, differences or errors is in any event', async () => {
  const { events } = await tasks(
    `
- { name: quiet, chatter: { line: hunter2 }, no_log: true }
- { name: angry, fail: { msg: hunter2 }, no_log: true }
`,
    createFleet('a'),
    { options: { diff: true } },
  );
  expect(JSON.stringify(events)).not.toContain('hunter2');
  expect(events.find((event) => event.type === 'run.started')).toBeDefined();
});

test('the journal says which arguments have the value of their declaration', async () => {
  const text = `
args: { on: { type: bool, default: true }, off: { type: bool, default: false } }
plays: [ { hosts: all, tasks: [ { say: "{{ on }} {{ off }}" } ] } ]
`;
  const { events } = await createFleet('a').run(text, { args: { on: false, off: false } });
  expect(events.find((event) => event.type === 'run.started')).toMatchObject({ defaults: ['off'] });
});

test('a secret is masked in every event', async () => {
  const secret = new Secret('token', 'hunter2');
  const { events } = await tasks('- { say: { value: "{{ token }}" } }', createFleet('a'), { args: { token: { nested: secret as never } } });
  expect(JSON.stringify(events)).not.toContain('hunter2');
});

test('a check applies nothing and reports what differs', async () => {
  const hosts = createFleet('a');
  hosts.machine('a').files.set('/x', 'old');
  const yaml = `
- { name: put, put: { path: /x, content: new } }
- { name: run, command: work }
- { name: really, command: look, check_mode: false }
`;
  const { state, events } = await tasks(yaml, hosts, { options: { check: true, diff: true } });
  expect(hosts.machine('a').files.get('/x')).toBe('old');
  expect(hosts.machine('a').done).toEqual([]);
  expect(hosts.machine('a').rights).toHaveLength(1); // only `really`
  expect(events.find((event) => event.type === 'task.changed')).toMatchObject({ subject: '/x', before: 'old', after: 'new' });
  expect(state.hosts.get('a')?.tally).toMatchObject({ changed: 2, unknown: 1 });
});

test('before and after are in the journal only with --diff or diff: of the task, and shortened', async () => {
  const hosts = createFleet('a');
  const yaml = '- { put: { path: /x, content: "{{ big }}" } }';
  const args = { big: 'y'.repeat(200_000) };
  const changed = ({ events }: { events: readonly { type: string }[] }) => events.find(({ type }) => type === 'task.changed');
  expect(changed(await tasks(yaml, hosts, { args, options: { check: true } }))).not.toHaveProperty('after');
  const shown = changed(await tasks(yaml, hosts, { args, options: { diff: true } })) as unknown as { after: string };
  const own = (diff: boolean) => `- { diff: ${diff}, put: { path: /x, content: y } }`;
  expect(changed(await tasks(own(true), createFleet('a'), { options: { diff: false } }))).toMatchObject({ after: 'y' });
  expect(changed(await tasks(own(false), createFleet('a'), { options: { diff: true } }))).not.toHaveProperty('after');
  expect(shown.after.length).toBeLessThan(70_000);
});

test('a module decides with a probe that has no way to write', async () => {
  const { last } = await tasks('- { ask: { host: localhost, path: /nowhere } }');
  expect(last).toMatchObject({ text: null });
  const { keys } = last as { keys: string[] };
  for (const word of ['write', 'exec', 'open', 'expose', 'jobs']) expect(keys).not.toContain(word);
});

test('wrong arguments from a template are reported with their line', async () => {
  const { state } = await tasks('- { put: { path: "{{ groups }}", content: x } }');
  expect(state.errors[0]).toMatchObject({ code: 'SW1112', message: '`put.path` takes a text, not a mapping', at: { line: 4 } });
});

test.each([
  ['{{ n }}', '`put.content` takes a text, not a number', 'Write: {{ string n }}'],
  ['{{ size (list 1 2) }}', '`put.content` takes a text, not a number', 'Write: {{ string (size (list 1 2)) }}'],
  ['{{ nothing }}', '`put.content` takes a text, not null', 'To see the arguments, run: swarm modules put'],
])('a value of %s that is not text is told in words', async (content, message, hint) => {
  const { state } = await tasks(`- { put: { path: /a, content: "${content}" }, vars: { n: 5, nothing: null } }`);
  expect(state.errors[0]).toMatchObject({ code: 'SW1112', message, hint });
});

test('an undefined name fails the task with its line', async () => {
  const { state } = await tasks('- { put: { path: "/{{ nowhere }}", content: x } }');
  expect(state.errors[0]).toMatchObject({ code: 'SW6014', at: { line: 4 } });
});

test('variables use each other in any order; those of the task have precedence over those of the play, and arguments over all', async () => {
  const hosts = createFleet(hostNamed('a', { vars: { flag: 'host', jobs: '-j{{ facts.cores }}' } }));
  const { events } = await hosts.run(
    `
vars: { flag: book, line: "{{ jobs }} {{ flag }} {{ later }}", later: "{{ level }}" }
plays:
  - hosts: drones
    vars: { flag: play, level: play }
    tasks:
      - { say: { value: "{{ line }}" } }
      - { say: { value: "{{ flag }} {{ level }}" }, vars: { level: task } }
`,
    { args: { flag: 'arg' } },
  );
  const values = events.flatMap((event) => (event.type === 'task.finished' ? [(event.result as { value: string }).value] : []));
  expect(values).toEqual(['-j4 arg play', 'arg task']);
});

test('a default counts only where the variable has no value, in whatever order the variables stand', async () => {
  const vars = {
    first: '{{ default later "none" }} {{ ternary (defined later) "there" "missing" }} {{ default broken "none" }}',
    second: '{{ default first "none" }}!',
    broken: '{{ nowhere }}',
    one: '{{ default other "one" }}',
    other: '{{ default one "other" }}',
    later: '{{ last }}',
    last: 'x',
  };
  const hosts = createFleet(hostNamed('a', { vars }));
  const { events } = await hosts.run('plays:\n  - hosts: a\n    tasks:\n      - { say: "{{ second }}" }\n      - { say: "{{ one }}" }\n');
  const values = events.flatMap((event) => (event.type === 'task.finished' ? [(event.result as { value: string }).value] : []));
  expect(values).toEqual(['x there none!', 'one']);
});

test('command and shell do not reboot machines', async () => {
  const hosts = createFleet('a');
  const { state } = await tasks('- { shell: "sleep 1; {{quote cmd}}" }', hosts, { args: { cmd: 'reboot' } });
  expect(state.errors).toMatchObject([{ code: 'SW3007' }]);
  expect(state.exit).toBe(7);
  expect(hosts.machine('a').rights).toEqual([]);
});

test('events about jobs come from the engine, not from the module', async () => {
  const { events } = await tasks('- { chatter: { line: hello } }');
  expect(events.some(({ type }) => type === 'task.output')).toBe(true);
  expect(events.some(({ type }) => type === 'job.started')).toBe(false);
});

test('a check evaluates failed_when only for work that was done', async () => {
  const hosts = createFleet('a');
  const { finished, state } = await tasks(
    `
- { name: done, say: no, register: said, failed_when: "true", ignore_errors: true }
- { name: undone, command: look, register: out, failed_when: out.stdout != "wanted" }
`,
    hosts,
    { options: { check: true } },
  );
  expect(finished).toEqual(['a done failed', 'a undone unknown']);
  expect(state).toMatchObject({ exit: 0 });
});

test('run_id and check_mode are defined; check_mode is that of the task', async () => {
  const { results, state } = await tasks(
    `
- { name: whole, say: { value: ["{{ run_id }}", "{{ check_mode }}"] } }
- { name: own, check_mode: true, say: { value: ["{{ run_id }}", "{{ check_mode }}"] } }
`,
  );
  expect(state.errors).toEqual([]);
  expect(results).toMatchObject([{ value: [state.run, false] }, { value: [state.run, true] }]);
});

test('become without a method uses that of the host; one that is named wins', async () => {
  const hosts = createFleet(hostNamed('a', { login: { user: 'me', keys: [], becomeMethod: 'doas' } }), 'b');
  await hosts.run('plays: [{ hosts: drones, become: true, tasks: [{ command: x }, { command: x, become_method: su }] }]');
  const methods = (name: string) => hosts.machine(name).rights.map((each) => each?.method);
  expect([methods('a'), methods('b')]).toEqual([
    ['doas', 'su'],
    ['sudo', 'su'],
  ]);
});

test('retries, delay, timeout and become_user take templates', async () => {
  const hosts = createFleet('a');
  const { finished, clock, state } = await tasks(
    '- { name: wait, command: look, vars: { n: 2, t: 7s, who: kim }, register: out, until: "false", retries: "{{ n }}", delay: "{{ t }}", become: true, become_user: "{{ who }}" }',
    hosts,
  );
  expect(finished).toEqual(['a wait failed']);
  expect(clock.slept).toEqual([7000, 7000]);
  expect(hosts.machine('a').rights.at(-1)).toMatchObject({ user: 'kim' });
  expect(state.errors).toMatchObject([{ code: 'SW6012' }]);
  const { state: wrong } = await tasks('- { command: look, vars: { t: soon }, timeout: "{{ t }}" }', hosts);
  expect(wrong.errors).toMatchObject([{ code: 'SW6014', message: 'timeout: must be a time such as 30s, not "soon"' }]);
});

test('a variable without a value says why: it uses itself, or what is wrong in which variable', async () => {
  const errorOf = async (task: string): Promise<string | undefined> => {
    const run = await createFleet('a').run(`
- hosts: drones
  vars: { a: "{{ b }}", b: "x{{ a }}", self: "{{ self }}", c: "{{ d }}", d: "{{ int word }}", word: hello }
  tasks: [ ${task} ]
`);
    return run.state.errors[0]?.message;
  };
  expect(await errorOf('{ say: "{{ a }}" }')).toBe('the variable `a` uses itself: a → b → a');
  expect(await errorOf('{ say: 1, when: self == "x" }')).toBe('the variable `self` uses itself: self → self');
  expect(await errorOf('{ say: "{{ c }}" }')).toMatch(/^the variable `c` has no value: in `d`: `int` /);
  expect(await errorOf('{ say: 1, when: d == 1 }')).toMatch(/^the variable `d` has no value: `int` /);
  expect(await errorOf('{ say: "{{ default a 5 }}" }')).toBeUndefined();
});
