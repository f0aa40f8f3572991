import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { findMarkedProcesses, killAll, MARK_VARIABLE } from '../../machines/marked-processes.ts';
import { isRoot, type Sshd, sshdProgram, startSshd } from '../../machines/sshd.ts';
import { rows } from '../../setup/cases.ts';
import { type ProgramResult, runSwarm, startSwarm } from '../run-program.ts';

let dir: string;
let sshd: Sshd;
let runs = 0;

beforeAll(async () => {
  if (sshdProgram === undefined) return;
  sshd = await startSshd();
  dir = mkdtempSync(join(tmpdir(), 'swarm-ends-'));
  for (const name of ['inventory', 'playbooks']) mkdirSync(join(dir, name));
  const [key] = sshd.hostKeys;
  writeFileSync(join(dir, 'inventory/known_hosts'), `ssh ${key?.type} ${key?.blob}\n`);
  const login = `user: ${sshd.user}, identity_file: ${sshd.clientKey}, routes: [{ local: "127.0.0.1:${sshd.port}" }]`;
  writeFileSync(join(dir, 'inventory/swarm.yml'), `hosts:\n  ssh: { ${login} }\n  command: { routes: [{ command: [sh] }] }\n`);
  await runSwarm(dir, ['hosts', 'trust', 'command', '--yes']);
});
afterAll(async () => {
  await sshd?.[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true, force: true });
});

const marks = new Set<string>();
afterEach(() => killAll(() => [...marks].flatMap((mark) => findMarkedProcesses(mark))));

/** A child of the shell, one that its parent has left behind, and one that TERM does not end. */
const WORK = "(sleep 600 & sleep 600 & ); sh -c 'trap : TERM; while :; do sleep 600; done' & echo begun; wait";

interface Started {
  readonly mark: string;
  readonly words: readonly string[];
}

/** A playbook with the work in a task; `task` is the module with its keywords. */
function writePlaybook(how: string, fields: string, more = how === 'sudo' ? '    become: true\n' : ''): Started {
  const host = how === 'sudo' ? 'ssh' : how;
  const name = `ends${runs++}`;
  const mark = `${name}-${process.pid}`;
  marks.add(mark);
  writeFileSync(
    join(dir, `playbooks/${name}.yml`),
    `plays:\n  - hosts: ${host}\n    environment: { ${MARK_VARIABLE}: ${mark} }\n${more}    tasks:\n      - ${fields}\n`,
  );
  return { mark, words: ['run', name, '-vv'] };
}

const shell = JSON.stringify(WORK);

async function interrupt({ words }: Started, signal: NodeJS.Signals): Promise<ProgramResult> {
  const running = startSwarm(dir, words, { timeoutMs: 20_000 });
  await running.waitForOutput(/begun/);
  running.kill(signal);
  return running.ended;
}

const hosts = ['ssh', 'localhost', 'command', ...(isRoot && existsSync('/usr/bin/sudo') ? ['sudo'] : [])];

describe.skipIf(sshdProgram === undefined)('what a task started has ended when swarm exits', () => {
  test.each(hosts)('after its time limit, on %s', async (host) => {
    const started = writePlaybook(host, `{ timeout: 1s, shell: { cmd: ${shell} } }`);
    const { exit, stdout, stderr } = await runSwarm(dir, started.words);
    expect([exit, findMarkedProcesses(started.mark)]).toEqual([2, []]);
    expect(stdout + stderr).toContain('the task ran longer than its limit of 1 s');
  });

  test.each(
    rows(
      (['SIGINT', 'SIGTERM'] as const).flatMap((signal) => hosts.map((host) => [signal, host] as const)),
      3,
    ),
  )('after %s, on %s', async (signal, host) => {
    const started = writePlaybook(host, `shell: { cmd: ${shell} }`);
    const { exit } = await interrupt(started, signal);
    expect([exit, findMarkedProcesses(started.mark)]).toEqual([signal === 'SIGINT' ? 130 : 143, []]);
  });

  test.each([
    ['a command', `command: { argv: [sh, -c, ${shell}] }`],
    ['a loop', `{ loop: [1, 2], shell: { cmd: ${shell} } }`],
    ['a long text for stdin', `shell: { cmd: ${shell}, stdin: "${'x'.repeat(40_000)}" }`],
    [
      'a retry',
      `{ until: false, retries: 2, delay: 0s, shell: { cmd: 'test -e {{quote run_id}} || { touch {{quote run_id}}; exit 1; }; rm {{quote run_id}}; ${WORK.replaceAll("'", "''")}' } }`,
    ],
    ['a delegated task', `{ delegate_to: localhost, shell: { cmd: ${shell} } }`],
  ])('after SIGINT in %s', async (_, task) => {
    const started = writePlaybook('ssh', task);
    expect([(await interrupt(started, 'SIGINT')).exit, findMarkedProcesses(started.mark)]).toEqual([130, []]);
  });

  test('after SIGINT in a handler, and in an item of a queue', async () => {
    const handlers = `    handlers: [{ name: after, shell: { cmd: ${shell} } }]\n`;
    const handler = writePlaybook('ssh', '{ notify: after, command: "true" }', handlers);
    const item = writePlaybook('ssh', `shell: { cmd: ${shell} }`, '    queue: { items: "[1]", id: "string(item)" }\n');
    for (const started of [handler, item])
      expect([(await interrupt(started, 'SIGINT')).exit, findMarkedProcesses(started.mark)]).toEqual([130, []]);
  });

  test.each(['ssh', 'localhost'])('after SIGINT or the time limit of exec, on %s', async (host) => {
    const mark = `exec-${host}-${process.pid}`;
    marks.add(mark);
    const words = ['exec', host, '--shell', '--', `export ${MARK_VARIABLE}=${mark}; ${WORK}`];
    expect([(await interrupt({ mark, words }, 'SIGINT')).exit, findMarkedProcesses(mark)]).toEqual([130, []]);
    const { exit } = await runSwarm(dir, ['exec', '--timeout', '1s', ...words.slice(1)]);
    expect([exit, findMarkedProcesses(mark)]).toEqual([2, []]);
  });
});
