import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/core/program/package-root.ts';
import { createEmulator } from '../report/screen/terminal-emulator.ts';

const PROGRAM = join(packageRoot(), 'dist/src/bin.js');
const SCRIPT = 'script'; // of util-linux
export const hasScript = spawnSync(SCRIPT, ['--version']).status === 0;

/** A project without hosts whose playbooks run here: `wait` goes on when `release` is called, `fail` fails. */
export function createLocalProject() {
  const dir = mkdtempSync(join(tmpdir(), 'swarm-screen-'));
  for (const each of ['inventory', 'playbooks']) mkdirSync(join(dir, each));
  writeFileSync(join(dir, 'inventory/swarm.yml'), 'hosts: {}\n');
  const play = (name: string, line: string): void =>
    writeFileSync(
      join(dir, `playbooks/${name}.yml`),
      `plays:\n  - name: ${name}\n    hosts: localhost\n    tasks:\n      - name: The task\n        tags: [one, two]\n        shell: ${JSON.stringify(line)}\n      - name: The rest\n        shell: echo rest\n`,
    );
  play('wait', `echo begun; until [ -e '${join(dir, 'go')}' ] || [ ! -d '${dir}' ]; do sleep 0.05; done; echo released`);
  play('fail', "echo 'src/a.c:3: error: no such thing' >&2; exit 3");
  const runs = join(dir, '.swarm/runs');
  const events = (run: string): readonly { readonly type: string; readonly pid?: number; readonly status?: string }[] =>
    readFileSync(join(runs, run, 'events.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  return {
    dir,
    release: () => writeFileSync(join(dir, 'go'), ''),
    runs: () => (existsSync(runs) ? readdirSync(runs) : []),
    events,
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** `swarm WORDS` on a terminal of its own. */
export function runOnTerminal(
  dir: string,
  words: string,
  { columns = 80, rows = 24, env: more = {} }: { columns?: number; rows?: number; env?: object } = {},
) {
  const { CI: _, NO_COLOR: __, GITHUB_ACTIONS: ___, ...env } = process.env;
  const command = `stty cols ${columns} rows ${rows}; exec '${process.execPath}' '${PROGRAM}' -C '${dir}' ${words}`;
  const child = spawn(SCRIPT, ['-qefc', command, '/dev/null'], {
    env: { ...env, TERM: 'xterm-256color', LANG: 'C.UTF-8', SHELL: '/bin/sh', ...more },
  });
  const seen = createEmulator(rows);
  child.stdout.setEncoding('utf8').on('data', (text: string) => seen.take(text));
  child.stdin.on('error', () => {});
  const ended = new Promise<number | null>((done) => child.on('close', (code) => done(code)));
  const shows = async (wanted: string | RegExp): Promise<void> => {
    const late = new Promise<never>((_, reject) =>
      setTimeout(() => reject(new Error(`never saw ${wanted}:\n${seen.screen()}\n---\n${seen.normal()}`)), 60_000).unref(),
    );
    await Promise.race([seen.shows(wanted), late]);
  };
  return {
    ...seen,
    shows,
    type: (text: string) => child.stdin.write(text),
    ended,
    /** The program's own process, below script. */
    pid: () => Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim()),
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  };
}

/** `swarm WORDS` without a terminal. */
export function runInPipe(dir: string, words: readonly string[], env: object = {}) {
  const result = spawnSync(process.execPath, [PROGRAM, '-C', dir, ...words], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: dir, LANG: 'C.UTF-8', ...env },
  });
  return { exit: result.status, stdout: result.stdout, stderr: result.stderr };
}
