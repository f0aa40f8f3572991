import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { chmod, chown, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { HostKey } from '../../src/core/inventory/host-identity.ts';
import { findMarkedProcesses, findProcessFamily, killAll, MARK_VARIABLE } from './marked-processes.ts';
import { type KeyType, makeKey } from './ssh-key-files.ts';

const SSHD_PATHS = ['/usr/sbin/sshd', '/usr/bin/sshd', '/usr/local/sbin/sshd', '/sbin/sshd'];

/** OpenSSH's server on this machine; undefined: `describe.skipIf(sshdProgram === undefined)`. */
export const sshdProgram: string | undefined = SSHD_PATHS.find((path) => existsSync(path));
if (sshdProgram === undefined)
  console.warn('test/fleet: no sshd on this machine (Debian: openssh-server): tests against real OpenSSH are skipped');

export const isRoot = process.getuid?.() === 0;

export interface SshdOptions {
  readonly hostKeys?: readonly KeyType[];
  /** Another server's folder whose host keys are used here too: a clone. */
  readonly cloneOf?: Sshd;
  /** Private key file of the client (`.pub` beside it); else one is made. */
  readonly clientKey?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** false: AllowTcpForwarding no. */
  readonly forwarding?: boolean;
  readonly maxSessions?: number;
  /** 32 hex digits that /etc/machine-id shows there, in a mount namespace (root); false: this machine's own. */
  readonly machineId?: string | false;
  /** Lines of sshd_config that go before ours, so that they win. */
  readonly config?: readonly string[];
  readonly port?: number;
  /** The login is this ordinary account, which exists on this server alone (root). */
  readonly account?: Account;
  /** Files that are others on this server alone, in a mount namespace (root): path → text. */
  readonly files?: Readonly<Record<string, string>>;
}

/** An account of one server. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly shell?: string;
}

/** The password of every account that a server has in its own /etc/shadow. */
export const ACCOUNT_PASSWORD = 'let me in';
const PASSWORD_HASH = '$6$swarmsalt$vJq94rzHunubTwgpn1npAjLzfP881JRS57ATZ1n7iNUsGe1dSzYs/LhReFlQ8GAnqhcCbhD0dSiAmGcWN934K0';

/** One OpenSSH server on 127.0.0.1. Its logins have a home folder of their own in $HOME. */
export interface Sshd extends AsyncDisposable {
  readonly address: '127.0.0.1';
  readonly port: number;
  readonly user: string;
  readonly hostKeys: readonly HostKey[];
  /** The folder with keys, config and home; gone at the end. */
  readonly dir: string;
  readonly home: string;
  /** Private key file that may log in. */
  readonly clientKey: string;
  /** As /etc/machine-id there has it. */
  readonly machineId: string;
  /** Value of MARK_VARIABLE in all that its logins start. */
  readonly mark: string;
  /** What sshd has logged until now. */
  log(): string;
  /** Ends the server and every session, but no detached job; the port refuses. */
  stop(): Promise<void>;
  /** The same port and keys again, after `stop`. */
  start(): Promise<void>;
}

/** Starts it and waits until it listens. Throws where no sshd is installed. */
export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  if (sshdProgram === undefined) throw new Error('no sshd on this machine (Debian: openssh-server)');
  const dir = await mkdtemp(join(tmpdir(), 'swarm-sshd-'));
  const mark = randomBytes(8).toString('hex');
  const home = join(dir, 'home');
  await mkdir(home, { mode: 0o700 });
  const hostKeys = await readHostKeys(dir, options);
  const clientKey = options.clientKey ?? join(dir, 'client');
  if (options.clientKey === undefined) await makeKey(clientKey);
  await copyFile(`${clientKey}.pub`, join(dir, 'authorized_keys'));
  const machineId = await readMachineIdFile(dir, options);
  if (options.account !== undefined) await openToAccount(dir, home, options.account);
  const binds = await writeBoundFiles(dir, home, options, machineId.own);
  const env = { HOME: home, [MARK_VARIABLE]: mark, ...options.env };
  const lines: string[] = [];
  let server: SshdProcess | undefined;
  let port = options.port ?? (await freePort());

  const start = async (): Promise<void> => {
    for (let attempt = 1; server === undefined; attempt++) {
      await writeFile(join(dir, 'sshd_config'), sshdConfigText(dir, port, env, options));
      try {
        server = await waitForSshd(sshdArgv(dir, binds), lines);
      } catch (error) {
        if (options.port !== undefined || attempt === 5) throw error;
        port = await freePort(); // another process was quicker
      }
    }
  };
  const stop = async (): Promise<void> => {
    await server?.end();
    server = undefined;
  };
  await start();
  return {
    address: '127.0.0.1',
    get port() {
      return port;
    },
    user: options.account?.name ?? userInfo().username,
    hostKeys,
    dir,
    home,
    clientKey,
    machineId: machineId.text,
    mark,
    log: () => lines.join('\n'),
    stop,
    start,
    async [Symbol.asyncDispose]() {
      await stop();
      await killAll(() => findMarkedProcesses(mark));
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function readHostKeys(dir: string, { hostKeys = ['ed25519'], cloneOf }: SshdOptions): Promise<readonly HostKey[]> {
  if (cloneOf === undefined) return Promise.all(hostKeys.map((type) => makeKey(join(dir, `host_${type}`), type)));
  for (const type of hostKeys)
    for (const end of ['', '.pub']) await copyFile(join(cloneOf.dir, `host_${type}${end}`), join(dir, `host_${type}${end}`));
  return cloneOf.hostKeys;
}

async function readMachineIdFile(dir: string, { machineId }: SshdOptions): Promise<{ readonly text: string; readonly own: boolean }> {
  const own = isRoot && machineId !== false && existsSync('/etc/machine-id');
  if (!own) return { text: existsSync('/etc/machine-id') ? (await readFile('/etc/machine-id', 'utf8')).trim() : '', own };
  const text = machineId ?? randomBytes(16).toString('hex');
  await writeFile(join(dir, 'machine-id'), `${text}\n`);
  return { text, own };
}

function sshdConfigText(dir: string, port: number, env: Readonly<Record<string, string>>, options: SshdOptions): string {
  const { hostKeys = ['ed25519'], forwarding = true, maxSessions = 10, config = [] } = options;
  return [
    ...config,
    'ListenAddress 127.0.0.1',
    `Port ${port}`,
    ...hostKeys.map((type) => `HostKey "${join(dir, `host_${type}`)}"`),
    'PidFile none',
    `AuthorizedKeysFile "${join(dir, 'authorized_keys')}"`,
    'StrictModes no',
    'UsePAM no',
    'UseDNS no',
    'PermitRootLogin yes',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PrintMotd no',
    'PrintLastLog no',
    `AllowTcpForwarding ${forwarding ? 'yes' : 'no'}`,
    `MaxSessions ${maxSessions}`,
    'MaxStartups 1000:30:2000',
    'Subsystem sftp internal-sftp',
    `SetEnv ${Object.entries(env)
      .map(([name, value]) => `${name}="${value}"`)
      .join(' ')}`,
    '',
  ].join('\n');
}

/** sshd reads the keys, and the login its home, as the account. */
async function openToAccount(dir: string, home: string, { uid }: Account): Promise<void> {
  await chmod(dir, 0o711);
  await chmod(join(dir, 'authorized_keys'), 0o644);
  await chown(home, uid, uid);
}

/** Files of `dir` that stand in the place of others: [file, place]. */
async function writeBoundFiles(
  dir: string,
  home: string,
  { account, files = {} }: SshdOptions,
  ownMachineId: boolean,
): Promise<readonly (readonly [string, string])[]> {
  const texts = { ...(account === undefined ? {} : await accountFiles(home, account)), ...files };
  const bound = await Promise.all(
    Object.entries(texts).map(async ([place, text], index) => {
      const file = join(dir, `bound-${index}`);
      const mode = /shadow$/.test(place) ? 0o600 : /sudoers$/.test(place) ? 0o440 : /\/bin\//.test(place) ? 0o755 : 0o644;
      await writeFile(file, text, { mode });
      return [file, place] as const;
    }),
  );
  return [...bound, ...(ownMachineId ? [[join(dir, 'machine-id'), '/etc/machine-id'] as const] : [])];
}

async function accountFiles(home: string, { name, uid, shell = '/bin/sh' }: Account): Promise<Readonly<Record<string, string>>> {
  const [passwd, group] = await Promise.all([readFile('/etc/passwd', 'utf8'), readFile('/etc/group', 'utf8')]);
  return {
    '/etc/passwd': `${passwd}${name}:x:${uid}:${uid}::${home}:${shell}\n`,
    '/etc/group': `${group}${name}:x:${uid}:\n`,
    '/etc/shadow': ['root', name].map((each) => `${each}:${PASSWORD_HASH}:19000:0:99999:7:::\n`).join(''),
  };
}

function sshdArgv(dir: string, binds: readonly (readonly [string, string])[]): readonly [string, ...string[]] {
  const sshd = [sshdProgram ?? 'sshd', '-D', '-e', '-f', join(dir, 'sshd_config')] as const;
  // the server dies with this process, however that ends
  const tied = existsSync('/usr/bin/setpriv') ? (['/usr/bin/setpriv', '--pdeathsig', 'KILL', ...sshd] as const) : sshd;
  if (binds.length === 0) return tied;
  const script = 'while [ "$1" != -- ]; do mount --bind "$1" "$2" || exit 1; shift 2; done; shift; exec "$@"';
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', ...binds.flat(), '--', ...tied];
}

interface SshdProcess {
  end(): Promise<void>;
}

async function waitForSshd([program, ...args]: readonly [string, ...string[]], lines: string[]): Promise<SshdProcess> {
  if (isRoot) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 }); // sshd's privilege separation insists on it
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'close');
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`sshd ended with ${code}:\n${lines.slice(-20).join('\n')}`)));
    createInterface({ input: child.stderr }).on('line', (line) => {
      lines.push(line);
      if (line.startsWith('Server listening on ')) resolve();
    });
  });
  return { end: () => stopSshdProcess(child, ended) };
}

async function stopSshdProcess(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  const sessions = findProcessFamily(pid); // once the server is gone, they are nobody's children
  child.kill('SIGKILL');
  await killAll(() => sessions.filter((each) => each !== pid && findProcessFamily(each).length > 0));
  await ended;
}

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
