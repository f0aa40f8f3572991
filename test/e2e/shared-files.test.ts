import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readPins } from '../../src/remote/identity/pins.ts';
import { hasScript, runOnTerminal } from '../cli/pty.ts';
import { makeKey } from '../machines/ssh-key-files.ts';
import { isRoot, type Sshd, sshdProgram, startSshd } from '../machines/sshd.ts';
import { rows } from '../setup/cases.ts';
import { type ProgramResult, runSwarm, startSwarm } from './run-program.ts';

const root = mkdtempSync(join(tmpdir(), 'swarm-shared-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let projects = 0;

/** A project with these lines below `hosts:`. */
function createProject(hosts: readonly string[], defaults = '{}') {
  const dir = join(root, `project-${++projects}`);
  mkdirSync(join(dir, 'inventory'), { recursive: true });
  const file = join(dir, 'inventory/swarm.yml');
  writeFileSync(file, [`defaults: ${defaults}`, '# the fleet', 'hosts:', ...hosts.map((each) => `  ${each}`), ''].join('\n'));
  return {
    dir,
    file,
    pins: () => readPins(join(dir, 'inventory/known_hosts')),
    hosts: () => (parse(readFileSync(file, 'utf8')) as { hosts: Readonly<Record<string, { block?: { reason: string } }>> }).hosts,
    run: (...words: string[]): Promise<ProgramResult> => runSwarm(dir, words),
  };
}

const names = ['d1', 'd2', 'd3', 'd4', 'd5', 'd6'];
const unreachable = names.map((name, at) => `${name}: { routes: [{ local: "127.0.0.1:${at + 1}" }] }`);

describe('blocks that are written at the same time', () => {
  test('six are all kept, with the comments of the file', async () => {
    const project = createProject(unreachable);
    const ended = await Promise.all(names.map((name) => project.run('hosts', 'block', name, '--reason', `for ${name}`, '--until', '1d')));
    expect(ended.map(({ exit }) => exit)).toEqual(names.map(() => 0));
    expect(Object.values(project.hosts()).map(({ block }) => block?.reason)).toEqual(names.map((name) => `for ${name}`));
    expect(readFileSync(project.file, 'utf8')).toContain('# the fleet\n');
    expect(readdirSync(join(project.dir, 'inventory'))).toEqual(['swarm.yml']);
    const undone = await Promise.all(names.map((name) => project.run('hosts', 'unblock', name)));
    expect(undone.map(({ exit }) => exit)).toEqual(names.map(() => 0));
    expect(Object.values(project.hosts()).map(({ block }) => block)).toEqual(names.map(() => undefined));
  });

  test('a file behind a link is written where it is, with its mode', async () => {
    const project = createProject(unreachable);
    const real = join(root, 'fleet.yml');
    renameSync(project.file, real);
    symlinkSync(real, project.file);
    chmodSync(real, 0o640);
    expect((await project.run('hosts', 'block', 'd1', '--reason', 'x', '--until', '1d')).exit).toBe(0);
    expect([lstatSync(project.file).isSymbolicLink(), statSync(real).mode & 0o777]).toEqual([true, 0o640]);
    expect(project.hosts()['d1']?.block?.reason).toBe('x');
  });

  test('a process that is killed at any moment leaves the old file or the new one', async () => {
    const project = createProject(unreachable);
    for (const [at, name] of rows([...names.entries()], 3)) {
      const running = startSwarm(project.dir, ['hosts', 'block', name, '--reason', 'x', '--until', '1d']);
      await wait(150 + at * 40);
      running.kill('SIGKILL');
      await running.ended;
      expect(Object.keys(project.hosts())).toEqual(names);
    }
    expect((await project.run('hosts', 'block', 'd1', '--reason', 'last', '--until', '1d')).exit).toBe(0);
    expect(project.hosts()['d1']?.block?.reason).toBe('last');
  });
});

describe.skipIf(sshdProgram === undefined || !isRoot)('pins that are written at the same time', () => {
  const clientKey = join(root, 'client');
  let machines: readonly Sshd[];
  beforeAll(async () => {
    await makeKey(clientKey);
    machines = await Promise.all([1, 2, 3, 4].map(() => startSshd({ clientKey })));
  });
  afterAll(() => Promise.all(machines.map((each) => each[Symbol.asyncDispose]())));

  const entry = (name: string, { port }: Pick<Sshd, 'port'>): string => `${name}: { routes: [{ local: "127.0.0.1:${port}" }] }`;
  const sshProject = (...hosts: readonly string[]) => createProject(hosts, `{ user: ${machines[0]?.user}, identity_file: ${clientKey} }`);
  const addressOf = (at: number): string => `127.0.0.1:${machines[at]?.port}`;
  const adopt = (at: number, name: string): string[] => ['hosts', 'adopt', addressOf(at), '--name', name, '--yes'];

  test('trust, adopt and block at once: nothing is lost', async () => {
    const project = sshProject(...machines.slice(0, 2).map((machine, at) => entry(`m${at}`, machine)), ...unreachable);
    const commands = [
      ['hosts', 'trust', 'm0', '--yes'],
      ['hosts', 'trust', 'm1', '--yes'],
      ['hosts', 'trust', 'm1', '--yes'],
      adopt(2, 'm2'),
      adopt(3, 'm3'),
      ['hosts', 'block', 'd1', '--reason', 'x', '--until', '1d'],
      ['hosts', 'block', 'd2', '--reason', 'y', '--until', '1d'],
    ];
    const ended = await Promise.all(commands.map((words) => project.run(...words)));
    expect(ended.map(({ exit, stderr }) => (exit === 0 ? 0 : stderr))).toEqual(commands.map(() => 0));
    expect([...project.pins().keys()].sort()).toEqual(['m0', 'm1', 'm2', 'm3']);
    expect(Object.keys(project.hosts()).sort()).toEqual([...names, 'm0', 'm1', 'm2', 'm3'].sort());
    expect([project.hosts()['d1']?.block?.reason, project.hosts()['d2']?.block?.reason]).toEqual(['x', 'y']);
    expect((await project.run('hosts', 'verify', 'm0,m1,m2,m3')).exit).toBe(0);
  });

  test('one machine under two names at once is pinned for one of them', async () => {
    const project = sshProject(...unreachable.slice(0, 1));
    const ended = await Promise.all([project.run(...adopt(0, 'one')), project.run(...adopt(0, 'two')), project.run(...adopt(0, 'one'))]);
    expect(ended.filter(({ exit }) => exit === 0)).toHaveLength(1);
    expect(project.pins().size).toBe(1);
    expect(Object.keys(project.hosts())).toEqual(['d1', ...project.pins().keys()]);
  });

  describe.skipIf(!hasScript)('while adopt asks', () => {
    const ask = (project: ReturnType<typeof createProject>) =>
      runOnTerminal(project.dir, `hosts adopt ${addressOf(0)} --name asked`, { columns: 200, env: { HOME: root } });

    test('a block is written and stays, whatever the answer is', async () => {
      for (const [answer, adopted] of [
        ['n', false],
        ['y', true],
      ] as const) {
        const project = sshProject(...unreachable);
        using terminal = ask(project);
        await terminal.shows('Is this asked?');
        expect((await project.run('hosts', 'block', 'd1', '--reason', 'meanwhile', '--until', '1d')).exit).toBe(0);
        terminal.type(`${answer}\r`);
        expect(await terminal.ended).toBe(adopted ? 0 : 7);
        expect(project.hosts()['d1']?.block?.reason).toBe('meanwhile');
        expect([Object.keys(project.hosts()).includes('asked'), project.pins().has('asked')]).toEqual([adopted, adopted]);
      }
    });

    test('a kill leaves the files as they were', async () => {
      const project = sshProject(...unreachable);
      const before = readFileSync(project.file, 'utf8');
      using terminal = ask(project);
      await terminal.shows('Is this asked?');
      process.kill(terminal.pid(), 'SIGKILL');
      await terminal.ended;
      expect([readFileSync(project.file, 'utf8'), project.pins().size]).toEqual([before, 0]);
    });

    test('a name that another process takes is refused, and its pin stays', async () => {
      const project = sshProject(...unreachable);
      using terminal = ask(project);
      await terminal.shows('Is this asked?');
      expect((await project.run(...adopt(1, 'asked'))).exit).toBe(0);
      const pinned = project.pins();
      terminal.type('y\r');
      expect(await terminal.ended).toBe(5);
      expect(project.pins()).toEqual(pinned);
    });
  });

  test('trust that asks does not replace a pin that another process wrote meanwhile', async () => {
    const project = sshProject(entry('m', machines[0] as Sshd));
    using terminal = runOnTerminal(project.dir, 'hosts trust m', { columns: 200, env: { HOME: root } });
    await terminal.shows('Is this m?');
    writeFileSync(project.file, readFileSync(project.file, 'utf8').replace(String(machines[0]?.port), String(machines[1]?.port)));
    expect((await project.run('hosts', 'trust', 'm', '--yes')).exit).toBe(0);
    const pinned = project.pins();
    terminal.type('y\r');
    expect(await terminal.ended).toBe(7);
    expect(project.pins()).toEqual(pinned);
  });

  test('an adopt that is killed at any moment leaves no host without a pin', async () => {
    const project = sshProject(...unreachable.slice(0, 1));
    for (const at of rows([0, 1, 2, 3, 4, 5, 6, 7], 3)) {
      const running = startSwarm(project.dir, adopt(at % 4, `k${at}`));
      await wait(300 + at * 40);
      running.kill('SIGKILL');
      await running.ended;
      for (const name of Object.keys(project.hosts()).filter((each) => each !== 'd1')) expect(project.pins().has(name)).toBe(true);
    }
  });
});
