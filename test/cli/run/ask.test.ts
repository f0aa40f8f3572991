import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createLocalProject, hasScript, runInPipe, runOnTerminal } from '../pty.ts';

const PLAYBOOK = `args:
  release: { ask: true, describe: "Which release?", choices: [a, b] }
  pin: { ask: hidden }
  port: { type: int, ask: true, default: 80 }
plays:
  - hosts: localhost
    tasks:
      - { name: Show it, debug: { msg: "release {{ release }} port {{ port }}" } }
      - { name: Use the PIN, shell: 'echo "pin $PIN"', environment: { PIN: "{{ pin }}" } }
`;

const createAskingProject = () => {
  const project = createLocalProject();
  writeFileSync(join(project.dir, 'playbooks/ask.yml'), PLAYBOOK);
  return project;
};

describe.skipIf(!hasScript)('on a terminal', () => {
  test('args are asked for until they fit, --step asks before each task, and no secret is shown or kept', async () => {
    using project = createAskingProject();
    using tty = runOnTerminal(project.dir, 'run ask --step', { columns: 120 });
    await tty.shows('Which release? (a, b):');
    tty.type('c\r');
    await tty.shows('release takes a, b, not "c"');
    tty.type('b\r');
    await tty.shows('pin:');
    tty.type('short\r');
    await tty.shows('pin needs at least 6 characters');
    tty.type('secret-pin\r');
    await tty.shows('port [80]:');
    tty.type('\r');
    await tty.shows('Run "Show it" on localhost?');
    tty.type('n\r');
    await tty.shows('Run "Use the PIN" on localhost?');
    tty.type('y\r');
    expect(await tty.ended).toBe(0);
    expect(tty.normal()).toMatch(/pin ••••/);
    expect(tty.normal()).not.toContain('secret-pin');
    const [run = ''] = project.runs();
    const journal = readFileSync(join(project.dir, '.swarm/runs', run, 'events.jsonl'), 'utf8');
    expect(journal).not.toContain('secret-pin');
    expect(journal).toMatch(/"task.finished".*"Show it".*"skipped"/);
  });

  test('the run in the background gets what was typed', async () => {
    using project = createAskingProject();
    using tty = runOnTerminal(project.dir, 'run ask --release a', { columns: 120 });
    await tty.shows('pin:');
    tty.type('secret-pin\r');
    await tty.shows('port [80]:');
    tty.type('81\r');
    expect(await tty.ended).toBe(0);
    const [run = ''] = project.runs();
    expect(readFileSync(join(project.dir, '.swarm/runs', run, 'events.jsonl'), 'utf8')).toContain('release a port 81');
  });
});

test('without a terminal nobody is asked: the default counts, and what has none is missing', () => {
  using project = createAskingProject();
  const missing = runInPipe(project.dir, ['run', 'ask']);
  expect(missing.exit).toBe(5);
  expect(missing.stderr).toBe(
    'error[SW1205]: release is missing: it is asked for on a terminal, and there is none\nhint: Give its value: --release VALUE\n',
  );
  const given = runInPipe(project.dir, ['run', 'ask', '--release', 'a', '--secret', 'pin=env:PIN'], { PIN: 'secret-pin' });
  expect(given.stderr).toContain('release a port 80');
  const step = runInPipe(project.dir, ['run', 'ask', '--step']);
  expect(step.exit).toBe(5);
  expect(step.stderr).toContain('--step asks on the terminal, and there is none\nhint: Choose the tasks with --tags or --start-at.');
  const unknown = runInPipe(project.dir, ['run', 'ask', '--ask', 'prot']);
  expect(unknown.stderr).toContain('no argument is called prot\nhint: Did you mean port?');
});
