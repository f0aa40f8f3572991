import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Command, Connection } from '../../src/core/connection.ts';
import type { Host } from '../../src/core/inventory/host.ts';
import type { HostName } from '../../src/core/inventory/host-name.ts';
import { Secret } from '../../src/core/secret.ts';
import { findMarkedProcesses, killAll, MARK_VARIABLE } from './marked-processes.ts';

export type ShellName = 'dash' | 'bash' | 'busybox' | 'mksh';

/** Processes of this machine that look like a host with that `sh`, and a home folder of its own. */
export interface LocalShell extends AsyncDisposable {
  readonly connection: Pick<Connection, 'exec' | 'open' | 'host'>;
  readonly home: string;
  /** Every process that it has started, detached ones too. */
  pids(): readonly number[];
}

/** The shells that this machine has. */
export const installedShells: readonly ShellName[] = (['dash', 'bash', 'busybox', 'mksh'] as const).filter(
  (name) => existsSync(`/bin/${name}`) || existsSync(`/usr/bin/${name}`),
);

/** busybox stands for all of its programs, as on Alpine. */
export async function startLocalShell(shell: ShellName = 'dash'): Promise<LocalShell> {
  const dir = await mkdtemp(join(tmpdir(), 'swarm-here-'));
  const mark = randomBytes(8).toString('hex');
  const [home, bin] = [join(dir, 'home'), join(dir, 'bin')];
  await mkdir(home);
  await mkdir(bin);
  const program = spawnSync('sh', ['-c', `command -v ${shell}`], { encoding: 'utf8' }).stdout.trim();
  const names = shell === 'busybox' ? spawnSync(program, ['--list'], { encoding: 'utf8' }).stdout.trim().split('\n') : ['sh'];
  await Promise.all(names.map((name) => symlink(program, join(bin, name))));
  const env = { HOME: home, PATH: `${bin}:${process.env['PATH'] ?? '/usr/bin:/bin'}`, [MARK_VARIABLE]: mark };
  const startCommand = ({ argv, cwd, env: more = {} }: Command, signal: AbortSignal) => {
    const shown = Object.fromEntries(Object.entries(more).map(([name, value]) => [name, value instanceof Secret ? value.reveal() : value]));
    const [, ...args] = argv;
    const child = spawn(argv[0], args, { cwd: cwd ?? home, env: { ...env, ...shown }, signal });
    const done = new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, name) => resolve(code ?? (name === 'SIGKILL' ? 137 : 143)));
    });
    return { child, done };
  };
  return {
    connection: {
      host: { name: `here-${shell}` as HostName } as Host,
      exec: async (command, signal) => {
        const { child, done } = startCommand(command, signal);
        child.stdin.on('error', () => undefined); // it need not read
        child.stdin.end(command.stdin ?? '');
        const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
        return { exit: await done, stdout, stderr, ms: 0 };
      },
      open: async (command, signal) => {
        const { child, done } = startCommand(command, signal);
        return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, done };
      },
    },
    home,
    pids: () => findMarkedProcesses(mark),
    async [Symbol.asyncDispose]() {
      await killAll(() => findMarkedProcesses(mark));
      await rm(dir, { recursive: true, force: true });
    },
  };
}
