import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { secretForms } from '../../src/core/mask.ts';
import { isRoot, sshdProgram } from '../machines/sshd.ts';
import { type SshdFleet, startSshdFleet } from '../machines/sshd-fleet.ts';
import { type ProgramResult, runSwarm, startSwarm } from './run-program.ts';

const CANARIES = {
  env: `Env'canary "1$ü`,
  file: 'file-canary-0123456789',
  cmd: 'cmd/canary+with=signs&more',
  given: 'given canary of the command line',
};

describe.skipIf(sshdProgram === undefined || !isRoot)('secrets', () => {
  let hosts: SshdFleet;
  let dir: string;
  beforeAll(async () => {
    hosts = await startSshdFleet(2);
    dir = hosts.project;
    for (const folder of ['playbooks', 'group_vars', 'files', 'templates']) mkdirSync(join(dir, folder));
    writeFileSync(join(dir, 'token'), `${CANARIES.file}\n`, { mode: 0o600 });
    writeFileSync(join(dir, 'group_vars/drones.yml'), 'of_group: { secret: { from: "file:token" } }\n');
    writeFileSync(join(dir, 'templates/conf.hbs'), 'password={{ of_env }}\n');
    writeFileSync(join(dir, 'playbooks/all.yml'), PLAYBOOK);
  });
  afterAll(() => hosts[Symbol.asyncDispose]());

  const env = { CANARY: CANARIES.env, GIVEN: CANARIES.given, OF_CMD: CANARIES.cmd };
  const run = (...words: string[]): Promise<ProgramResult> => runSwarm(dir, words, { env });
  const forms = Object.values(CANARIES).flatMap((value) => secretForms(value));
  const shown = (text: string): readonly string[] => forms.filter((form) => text.includes(form));
  /** Every file of the project but the one that the secret comes from, read as bytes. */
  const kept = (folder = dir): string =>
    readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => name !== 'token')
      .map((entry) =>
        entry.isDirectory() ? kept(join(folder, entry.name)) : entry.isFile() ? readFileSync(join(folder, entry.name), 'utf8') : '',
      )
      .join('\n');

  test('reach the host by environment, stdin, file and template, and are shown nowhere: screen, journal, error, report, ps', async () => {
    const ended = await run('run', 'all', '-vvv', '--diff', '--secret', 'given=env:GIVEN');
    const home = hosts.machines[0]?.home ?? '';
    const arrived = (name: string): string => readFileSync(join(home, name), 'utf8');
    expect(arrived('by-environment')).toBe(CANARIES.env);
    expect(arrived('by-stdin')).toBe(CANARIES.cmd);
    expect(arrived('by-copy')).toBe(CANARIES.file);
    expect(arrived('by-template')).toBe(`password=${CANARIES.env}\n`);
    expect(arrived('given')).toBe(CANARIES.given);
    expect(ended.stderr).toContain('••••');
    expect(ended.exit).toBe(2); // the last task fails on purpose, and prints them all
    const ps = arrived('ps');
    expect(ps).toContain('looking-for-secrets');
    const ways = await Promise.all([
      run('runs', 'show', 'last', '-v'),
      run('runs', 'show', 'last', '-o', 'json'),
      run('runs', 'show', 'last', '-o', 'ndjson'),
      run('runs', 'logs', 'last'),
      run('runs', 'logs', 'last', '--errors'),
      run('runs', 'report', 'last', 'report.html'),
    ]);
    expect(existsSync(join(dir, 'report.html'))).toBe(true);
    for (const text of [ended.stdout, ended.stderr, ps, kept(), ...ways.flatMap(({ stdout, stderr }) => [stdout, stderr])])
      expect(shown(text)).toEqual([]);
    const live = await run('run', 'all', '-o', 'ndjson', '--secret', 'given=env:GIVEN');
    expect(live.stdout).toContain('••••');
    const document = await run('run', 'all', '-o', 'json', '--secret', 'given=env:GIVEN');
    for (const text of [live.stdout, live.stderr, document.stdout, document.stderr, kept()]) expect(shown(text)).toEqual([]);
  });

  test('are not seen in the process list of this machine either, while the run lives', async () => {
    writeFileSync(join(dir, 'playbooks/slow.yml'), SLOW);
    const running = startSwarm(dir, ['run', 'slow'], { env });
    const flag = join(hosts.machines[0]?.home ?? '', 'begun');
    while (!existsSync(flag)) await new Promise((next) => setImmediate(next));
    const lines = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => {
        try {
          return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        } catch {
          return ''; // it ended meanwhile
        }
      });
    expect(shown(lines.join('\n'))).toEqual([]);
    writeFileSync(join(hosts.machines[0]?.home ?? '', 'go'), '');
    expect((await running.ended).exit).toBe(0);
  });

  test.each([
    ['command', 'command: { argv: [curl, "-H", "X: {{ of_env }}"] }'],
    ['shell', 'shell: { cmd: "curl -u {{quote of_env}} http://localhost" }'],
  ])('a %s with one among its words is refused before it is run', async (_, task) => {
    writeFileSync(
      join(dir, 'playbooks/open.yml'),
      `vars: { of_env: { secret: { from: "env:CANARY" } } }\nplays:\n  - hosts: drone-1\n    tasks:\n      - ${task}\n`,
    );
    const { exit, stdout, stderr } = await run('run', 'open');
    expect(exit).toBe(5);
    expect(stderr).toContain('SW1207');
    expect(stderr).toContain('environment: { TOKEN: "{{ token }}" }');
    expect(shown(stdout + stderr)).toEqual([]);
  });

  test.each([
    ['the value itself', 'given=my-very-secret-value', 'is not given as env:NAME'],
    ['a variable that is not set', 'given=env:NOBODY_SET_THIS', 'environment variable NOBODY_SET_THIS, which is not set'],
    ['a file that is not there', 'given=file:nowhere', 'which does not exist'],
    ['a file that others may read', 'given=file:inventory/swarm.yml', 'which others may read or write'],
    ['a command that fails', 'given=cmd:echo my-very-secret-value; exit 3', 'failed (3)'],
    ['a value that is too short to be hidden', 'given=cmd:echo 1234', 'fewer than 6 characters'],
    ['a value of spaces alone', 'given=cmd:echo "          "', 'fewer than 6 characters'],
    ['no name', 'my-very-secret-value', 'takes NAME=SOURCE'],
  ])('%s is refused, and nothing of it is repeated', async (_, word, message) => {
    const { exit, stdout, stderr } = await run('run', 'all', '--secret', word);
    expect([exit, stderr]).toEqual([5, expect.stringContaining(message)]);
    expect(stdout + stderr).not.toContain('my-very-secret-value');
  });

  test('one that is written wrongly is told at its place, before any host is asked', async () => {
    writeFileSync(
      join(dir, 'playbooks/wrong.yml'),
      'vars:\n  token: { secret: { from: "vault:x" } }\nplays:\n  - hosts: drone-1\n    tasks:\n      - command: "true"\n',
    );
    const { exit, stderr } = await run('check', 'playbooks/wrong.yml');
    expect([exit, stderr]).toEqual([6, expect.stringMatching(/wrong\.yml:2:/)]);
    expect(stderr).toContain('must be a secret');
  });

  test('no command but a run asks for them: the inventory is shown with where they come from', async () => {
    chmodSync(join(dir, 'token'), 0o644);
    const { exit, stdout } = await run('hosts', 'show', 'drone-1');
    chmodSync(join(dir, 'token'), 0o600);
    expect([exit, stdout]).toEqual([0, expect.stringContaining('file:token')]);
    expect(statSync(join(dir, 'token')).mode & 0o777).toBe(0o600);
  });

  test('a run that goes on asks for those it was given, by name', async () => {
    const refused = await run('runs', 'resume', 'last', '--secret', 'other=env:GIVEN');
    expect([0, 5]).toContain(refused.exit);
    await run('run', 'all', '--secret', 'given=env:GIVEN');
    const early = await run('runs', 'resume', 'last');
    expect([early.exit, early.stderr]).toEqual([5, expect.stringContaining('--secret given=env:GIVEN')]);
    const again = await run('runs', 'resume', 'last', '--secret', 'given=env:GIVEN');
    expect([again.exit, shown(again.stdout + again.stderr + kept())]).toEqual([2, []]);
  });
});

const PLAYBOOK = `
args:
  given: { type: string, required: true }
vars:
  of_env: { secret: { from: "env:CANARY" } }
plays:
  - hosts: drone-1
    vars:
      of_cmd: { secret: { from: "cmd:printenv OF_CMD" } }
    tasks:
      - shell: { cmd: 'printf %s "$TOKEN" >~/by-environment' }
        environment: { TOKEN: "{{ of_env }}" }
      - shell: { cmd: "cat >~/by-stdin", stdin: "{{ of_cmd }}" }
      - copy: { dest: "{{ facts.home }}/by-copy", content: "{{ of_group }}", mode: "0600" }
      - template: { src: conf.hbs, dest: "{{ facts.home }}/by-template", mode: "0600" }
      - shell: { cmd: 'printf %s "$TOKEN" >~/given' }
        environment: { TOKEN: "{{ given }}" }
      - name: looking
        shell:
          cmd: ': looking-for-secrets; for each in /proc/[0-9]*/cmdline; do tr "\\0" " " <$each; echo; done >~/ps 2>/dev/null; true'
        environment: { ONE: "{{ of_env }}", TWO: "{{ of_cmd }}", THREE: "{{ of_group }}", FOUR: "{{ given }}" }
      - name: leaky
        shell:
          cmd: |
            for each in "$ONE" "$TWO" "$THREE" "$FOUR"; do
              echo "plain $each"; echo "plain $each" >&2
              printf %s "$each" | base64; printf 'x%s' "$each" | base64; printf 'xy%sz' "$each" | base64
              printf %s "$each" | od -An -v -tx1 | tr -d ' \\n'; echo
            done
            exit 3
        environment: { ONE: "{{ of_env }}", TWO: "{{ of_cmd }}", THREE: "{{ of_group }}", FOUR: "{{ given }}" }
        register: leaked
`;

const SLOW = `
vars:
  of_env: { secret: { from: "env:CANARY" } }
plays:
  - hosts: drone-1
    tasks:
      - shell: { cmd: 'touch ~/begun; while [ ! -e ~/go ]; do sleep 0.05; done' }
        environment: { TOKEN: "{{ of_env }}" }
`;
