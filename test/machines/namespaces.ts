import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { HostKey } from '../../src/core/inventory/host-identity.ts';
import type { ProgramResult } from './openssh-client.ts';
import { makeKey } from './ssh-key-files.ts';
import { isRoot, sshdProgram } from './sshd.ts';

const run = promisify(execFile);

/** Why there can be no machines in namespaces here; undefined: there can. */
export const namespacesProblem: string | undefined = (() => {
  if (!isRoot) return 'needs root';
  if (sshdProgram === undefined) return 'needs sshd (Debian: openssh-server)';
  const tried = spawnSync('unshare', ['--net', '--mount', '--uts', '--pid', '--fork', 'sh', '-c', 'iptables -t nat -L && ip link']);
  return tried.status === 0 ? undefined : 'needs unshare, ip and iptables, and the right to use them';
})();
if (namespacesProblem !== undefined) console.warn(`test/fleet: tests with several networks are skipped: ${namespacesProblem}`);

const PLAN = {
  gateway: { lan: 'A', address: '10.42.0.199' },
  orchestrator: { lan: 'A', address: '10.42.0.201', overlay: '100.64.0.1' },
  'drone-izar': { lan: 'A', address: '10.42.0.203', overlay: '100.64.0.2' },
  'drone-tarn': { lan: 'B', address: '192.168.20.196', overlay: '100.64.0.3' },
  'drone-meridian': { lan: 'B', address: '192.168.20.77', overlay: '100.64.0.4' },
  unraid: { lan: 'B', address: '192.168.20.10', overlay: '100.64.0.5' },
} as const;
export type MachineName = keyof typeof PLAN;

/** One machine: its own network, processes, host name, machine-id, home folder, host key and sshd on port 22. */
export interface Machine {
  readonly name: MachineName;
  /** Its address in its LAN. */
  readonly address: string;
  readonly port: 22;
  readonly overlay?: string;
  readonly user: string;
  readonly hostKeys: readonly HostKey[];
  readonly clientKey: string;
  readonly machineId: string;
  readonly home: string;
}

/** Two sites: LAN A with the orchestrator, LAN B behind a gateway that masquerades, an overlay over both, `unraid` to jump through.
 *  B reaches A only as 10.42.0.199; from A that address is the gateway itself, and LAN B is routed through it. */
export interface Site extends AsyncDisposable {
  readonly machines: Readonly<Record<Exclude<MachineName, 'orchestrator'>, Machine>>;
  readonly clientKey: string;
  /** A program of this machine on the orchestrator's network. */
  runOnOrchestrator(argv: readonly [string, ...string[]], env?: Readonly<Record<string, string>>): Promise<ProgramResult>;
  /** A program on a machine. */
  runOn(name: MachineName, argv: readonly [string, ...string[]]): Promise<ProgramResult>;
  /** PID 1 and all else there end, and start anew; as a `reboot` typed there does. Resolves when sshd listens again. */
  reboot(name: MachineName): Promise<void>;
  /** Pulls the cable: what is sent is lost, nobody is told. */
  cut(name: MachineName, link: 'lan' | 'overlay'): Promise<void>;
  reconnect(name: MachineName, link: 'lan' | 'overlay'): Promise<void>;
}

/** A network namespace that lives as long as the process which holds it, and that not longer than this one. */
async function holdNetwork(): Promise<ChildProcess & { readonly pid: number }> {
  const child = spawn(
    'setpriv',
    ['--pdeathsig', 'KILL', 'unshare', '--net', 'sh', '-c', 'ip link set lo up; echo up; exec sleep infinity'],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  await once(child.stdout, 'data');
  if (child.pid === undefined) throw new Error('no process');
  return child as ChildProcess & { readonly pid: number };
}

/** Builds it all in about two seconds. Throws where `namespacesMissing`. */
export async function startSite(): Promise<Site> {
  if (namespacesProblem !== undefined) throw new Error(namespacesProblem);
  const undo: (() => Promise<unknown>)[] = [];
  const remove = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    return await buildSite(undo, remove);
  } catch (error) {
    await remove();
    throw error;
  }
}

async function buildSite(undo: (() => Promise<unknown>)[], remove: () => Promise<void>): Promise<Site> {
  const dir = await mkdtemp(join(tmpdir(), 'swarm-site-'));
  undo.push(() => rm(dir, { recursive: true, force: true }));
  const clientKey = join(dir, 'client');
  await makeKey(clientKey);
  const names = Object.keys(PLAN) as MachineName[];
  const holders = new Map<MachineName | 'fabric', number>();
  await Promise.all(
    (['fabric', ...names] as const).map(async (name) => {
      const holder = await holdNetwork();
      undo.push(() => endProcess(holder));
      holders.set(name, holder.pid);
    }),
  );
  const net = (name: MachineName | 'fabric'): number => holders.get(name) ?? 0;
  await run('sh', ['-ec', connectNetworks(net)]);

  const machines = new Map<MachineName, Machine>();
  const power = new Map<MachineName, MachinePower>();
  undo.push(() => Promise.all([...power.values()].map((each) => each.off())));
  await Promise.all(
    names
      .filter((name) => name !== 'orchestrator')
      .map(async (name) => {
        machines.set(name, await writeMachineFiles(join(dir, name), name, clientKey));
        power.set(name, await startMachine(join(dir, name), net(name)));
      }),
  );
  const plug = (name: MachineName, link: string, state: string) =>
    run('nsenter', ['-t', String(net('fabric')), '-n', 'ip', 'link', 'set', interfaceName(name, link), state]);
  return {
    machines: Object.fromEntries(machines) as Site['machines'],
    clientKey,
    runOnOrchestrator: (argv, env) => runProgram('nsenter', ['-t', String(net('orchestrator')), '-n', '--', ...argv], env),
    runOn: (name, argv) => {
      const enter =
        power.get(name) === undefined ? [String(net(name)), '-n'] : [String(power.get(name)?.pid()), '-n', '-m', '-u', '-i', '-p'];
      return runProgram('nsenter', ['-t', ...enter, '--', ...argv]);
    },
    reboot: async (name) => power.get(name)?.cycle(),
    cut: async (name, link) => void (await plug(name, link, 'down')),
    reconnect: async (name, link) => void (await plug(name, link, 'up')),
    [Symbol.asyncDispose]: remove,
  };
}

const interfaceName = (name: MachineName, link: string): string => `${Object.keys(PLAN).indexOf(name)}-${link}`;

/** Shell text: bridges in the fabric, a cable from each machine to its own, addresses, routes, and the gateway's masquerading. */
function connectNetworks(net: (name: MachineName | 'fabric') => number): string {
  const inside = (name: MachineName | 'fabric', command: string): string => `nsenter -t ${net(name)} -n ${command}`;
  const cable = (name: MachineName, link: string, device: string, bridge: string, address: string): readonly string[] => [
    inside('fabric', `ip link add ${interfaceName(name, link)} type veth peer name ${device} netns ${net(name)}`),
    inside('fabric', `ip link set ${interfaceName(name, link)} master ${bridge} up`),
    inside(name, `ip addr add ${address}/24 dev ${device}`),
    inside(name, `ip link set ${device} up`),
  ];
  return [
    ...['lanA', 'lanB', 'overlay'].flatMap((bridge) => [
      inside('fabric', `ip link add ${bridge} type bridge`),
      inside('fabric', `ip link set ${bridge} up`),
    ]),
    ...(Object.entries(PLAN) as [MachineName, { lan: string; address: string; overlay?: string }][]).flatMap(
      ([name, { lan, address, overlay }]) => [
        ...cable(name, 'lan', 'eth0', `lan${lan}`, address),
        ...(overlay === undefined ? [] : cable(name, 'overlay', 'ts0', 'overlay', overlay)),
        ...(name === 'gateway' ? [] : [inside(name, `ip route add default via ${lan === 'A' ? '10.42.0.199' : '192.168.20.1'}`)]),
      ],
    ),
    ...cable('gateway', 'lanb', 'eth1', 'lanB', '192.168.20.1'),
    inside('gateway', `sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'`),
    inside('gateway', 'iptables -t nat -A POSTROUTING -s 192.168.20.0/24 -o eth0 -j MASQUERADE'),
  ].join('\n');
}

/** The files of one machine. */
async function writeMachineFiles(dir: string, name: MachineName, clientKey: string): Promise<Machine> {
  const home = join(dir, 'home');
  await mkdir(join(dir, 'bin'), { recursive: true });
  await mkdir(home, { mode: 0o700 });
  const hostKey = await makeKey(join(dir, 'host_key'), 'ed25519', name);
  const machineId = randomBytes(16).toString('hex');
  await writeFile(join(dir, 'machine-id'), `${machineId}\n`);
  await copyFile(`${clientKey}.pub`, join(dir, 'authorized_keys'));
  // as systemd's and sysvinit's, these return before the machine goes down
  for (const program of ['reboot', 'shutdown', 'systemctl']) {
    await writeFile(join(dir, 'bin', program), '#!/bin/sh\n(sleep 0.2; kill -TERM 1) </dev/null >/dev/null 2>&1 &\n', { mode: 0o755 });
  }
  await writeFile(join(dir, 'sshd_config'), sshdConfig(dir));
  await writeFile(join(dir, 'init'), initText(dir, name));
  const { address, ...rest } = PLAN[name] as { address: string; overlay?: string };
  const { overlay } = rest;
  const login = { user: userInfo().username, hostKeys: [hostKey], clientKey, machineId, home };
  return { name, address, port: 22, ...(overlay === undefined ? {} : { overlay }), ...login };
}

const sshdConfig = (dir: string): string =>
  [
    'Port 22',
    `HostKey "${dir}/host_key"`,
    `AuthorizedKeysFile "${dir}/authorized_keys"`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    'UseDNS no',
    'PermitRootLogin yes',
    'PasswordAuthentication no',
    'PrintMotd no',
    'PrintLastLog no',
    'MaxStartups 1000:30:2000',
    'Subsystem sftp internal-sftp',
    `SetEnv PATH="${dir}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"`,
    '',
  ].join('\n');

/** PID 1: the machine's own files over this one's, then sshd, always again. */
const initText = (dir: string, name: string): string => `mount --make-rprivate /
mount -t proc proc /proc
mount --bind ${dir}/machine-id /etc/machine-id
mount --bind ${dir}/home ${homedir()}
hostname ${name}
cd /
trap 'exit 0' TERM
while :; do ${sshdProgram} -D -e -f ${dir}/sshd_config & wait $!; sleep 0.05; done
`;

interface MachinePower {
  /** PID 1 of the machine, as it is numbered here. */
  pid(): number;
  cycle(): Promise<void>;
  off(): Promise<void>;
}

async function startMachine(dir: string, holder: number): Promise<MachinePower> {
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  let machine: ChildProcess | undefined;
  let up: Promise<void> = Promise.resolve();
  let wanted = true;
  const boot = (): void => {
    const enter = ['setpriv', '--pdeathsig', 'KILL', 'nsenter', '-t', String(holder), '-n', '--no-fork'];
    const [program = '', ...args] = [
      ...enter,
      'unshare',
      '--mount',
      '--uts',
      '--ipc',
      '--pid',
      '--fork',
      '--kill-child',
      'sh',
      join(dir, 'init'),
    ];
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: process.env['PATH'] ?? '' } });
    machine = child;
    const said: string[] = [];
    up = new Promise((resolve, reject) => {
      createInterface({ input: child.stderr }).on('line', (line) => {
        said.push(line);
        if (line.startsWith('Server listening on 0.0.0.0')) resolve();
      });
      child.once('exit', () => {
        reject(new Error(`the machine went down:\n${said.slice(-10).join('\n')}`));
        if (wanted && machine === child) boot();
      });
    });
    up.catch(() => undefined);
  };
  boot();
  await up;
  const first = (): number => Number(readFileSync(`/proc/${machine?.pid}/task/${machine?.pid}/children`, 'utf8').split(' ')[0]);
  return {
    pid: first,
    cycle: async () => {
      const old = machine;
      const down = old === undefined ? undefined : once(old, 'exit');
      old?.kill('SIGKILL');
      await down;
      await up;
    },
    off: async () => {
      wanted = false;
      if (machine !== undefined) await endProcess(machine);
    },
  };
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

function runProgram(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<ProgramResult> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: 60_000, env: { ...process.env, ...env }, maxBuffer: 64 << 20 }, (error, out, err) => {
      resolve({ exit: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, out, err });
    });
  });
}
