import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import type { HostKey } from '../core/inventory/host-identity.ts';
import { findUserName } from '../core/program/account.ts';
import { findProcesses, killProcess, killProcesses } from './processes.ts';
import { createSshKey } from './ssh-key.ts';
import { createFaults, type Faults } from './sshd/faults.ts';
import { serveSsh } from './sshd/ssh-server.ts';
import { writeWrappers } from './wrappers.ts';

/** A throw-away host: an SSH server on 127.0.0.1 with a folder of its own. */
export interface Drone extends AsyncDisposable {
  readonly name: string;
  readonly port: number;
  readonly hostKey: HostKey;
  /** Its folder: home/ tmp/ log/ pkgdir/ bin/ (stand-ins, first on PATH). */
  readonly dir: string;
  readonly faults: Faults;
  /** Every command line it was asked to run, in order; `undefined` stands for a shell. */
  readonly commands: readonly (string | undefined)[];
  /** All connections break with a TCP reset. What runs goes on; new connections are welcome. */
  cut(): void;
  /** As when the power goes: connections cut, port closed, every process killed. */
  down(): Promise<void>;
  /** On the same port, with the same key and disk. */
  up(): Promise<void>;
  /** Processes of this drone that run now, detached ones too. */
  processes(): readonly number[];
}

export interface DroneOptions {
  readonly name: string;
  readonly dir: string;
  /** OpenSSH public key line that may log in. */
  readonly authorizedKey: string;
  /** Added to the environment of every command. */
  readonly env: Readonly<Record<string, string>>;
}

export async function startDrone({ name, dir, authorizedKey, env }: DroneOptions): Promise<Drone> {
  const home = join(dir, 'home');
  for (const each of ['home/.ssh', 'tmp', 'log', 'pkgdir', 'bin']) mkdirSync(join(dir, each), { recursive: true, mode: 0o700 });
  writeWrappers(dir, env);
  const authorizedKeys = join(home, '.ssh/authorized_keys');
  writeFileSync(authorizedKeys, `${authorizedKey}\n`, { mode: 0o600 });
  const key = readOrCreateKey(join(dir, 'host_key'), name);

  const faults = createFaults();
  const commands: (string | undefined)[] = [];
  const groups = new Set<number>();
  const track = (child: ChildProcess): void => {
    const { pid } = child;
    if (pid === undefined) return;
    groups.add(pid);
    child.once('exit', () => groups.delete(pid));
  };
  const own = droneEnvironment(name, dir, env);
  const sessionHost = (more: Readonly<Record<string, string>>) => ({
    home,
    env: { ...own, ...more },
    faults,
    onCommand: (line: string | undefined) => void commands.push(line),
    onChild: track,
  });
  const serve = (port: number) => serveSsh({ hostKey: key.private, authorizedKeys, port, faults, createSessionHost: sessionHost });
  // a job's environment of its own still has the HOME of its login
  const processes = () => findProcesses([`SWARM_LAB_DRONE=${dir}`, `HOME=${home}`]);

  let server: Awaited<ReturnType<typeof serve>> | undefined = await serve(0);
  const { port } = server;
  const down = async (): Promise<void> => {
    await server?.close();
    server = undefined;
    for (const group of groups) killProcess(-group);
    await killProcesses(processes);
  };
  return {
    name,
    port,
    hostKey: key.public,
    dir,
    faults,
    commands,
    cut: () => server?.cut(),
    down,
    up: async () => {
      server ??= await serve(port);
    },
    processes,
    [Symbol.asyncDispose]: down,
  };
}

/** A folder that held this drone before keeps its identity. */
function readOrCreateKey(path: string, comment: string): { readonly private: string; readonly public: HostKey } {
  if (!existsSync(path)) writeFileSync(path, createSshKey(comment).privateText, { mode: 0o600 });
  const text = readFileSync(path, 'utf8');
  const parsed = ssh2.utils.parseKey(text);
  if (parsed instanceof Error) throw parsed;
  return { private: text, public: { type: parsed.type, blob: parsed.getPublicSSH().toString('base64') } };
}

function droneEnvironment(name: string, dir: string, more: Readonly<Record<string, string>>): Record<string, string> {
  const user = findUserName() ?? 'swarm';
  return {
    HOME: join(dir, 'home'),
    USER: user,
    LOGNAME: user,
    SHELL: '/bin/sh',
    LANG: 'C.UTF-8',
    PATH: `${join(dir, 'bin')}:${process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'}`,
    TMPDIR: join(dir, 'tmp'),
    XDG_RUNTIME_DIR: join(dir, 'tmp'),
    XDG_STATE_HOME: join(dir, 'home/.local/state'),
    XDG_CACHE_HOME: join(dir, 'home/.cache'),
    SWARM_LAB_DRONE: dir,
    SWARM_LAB_NAME: name,
    ...more,
  };
}
