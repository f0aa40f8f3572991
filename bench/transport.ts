// An operation on an open connection against `ssh` through ControlMaster on the same host: `npm run bench:transport`.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { connect } from '../src/remote/connect.ts';
import { readSshConfig } from '../src/remote/ssh-config.ts';
import { fleet, hostOf } from '../test/fleet/fleet.ts';
import { startWire } from '../test/fleet/wire.ts';

const seconds = Number(process.argv[2] ?? 3);
const signal = new AbortController().signal;
await using hosts = await fleet(1);
const [machine] = hosts.machines;
if (machine === undefined) throw new Error('no host');

async function ours(port: number): Promise<number> {
  const host = hostOf(machine as NonNullable<typeof machine>, 'drone-1', { routes: [{ kind: 'local', address: '127.0.0.1', port }] });
  await using link = await connect(
    host,
    { hosts: [host], sshConfig: readSshConfig('/nonexistent'), revoked: () => false, routeTimeoutMs: 10_000 },
    signal,
  );
  for (let at = 0; at < 50; at++) await link.exec({ argv: ['true'] }, signal);
  const start = performance.now();
  let count = 0;
  for (; performance.now() - start < seconds * 1000; count++) await link.exec({ argv: ['true'] }, signal);
  return count / ((performance.now() - start) / 1000);
}

function master(port: number): number {
  const { user, clientKey, dir } = machine as NonNullable<typeof machine>;
  const socket = join(dir, `cm-${port}`);
  const base = [
    '-o',
    `ControlPath=${socket}`,
    '-o',
    'StrictHostKeyChecking=no',
    '-o',
    'UserKnownHostsFile=/dev/null',
    '-o',
    'LogLevel=ERROR',
    '-i',
    clientKey,
    '-p',
    String(port),
  ];
  spawnSync('ssh', [...base, '-o', 'ControlMaster=yes', '-o', 'ControlPersist=yes', '-fN', `${user}@127.0.0.1`], { stdio: 'ignore' });
  const start = performance.now();
  let count = 0;
  for (; performance.now() - start < seconds * 1000; count++) {
    if (spawnSync('ssh', [...base, `${user}@127.0.0.1`, 'true'], { stdio: 'ignore' }).status !== 0) throw new Error('ssh failed');
  }
  const rate = count / ((performance.now() - start) / 1000);
  spawnSync('ssh', [...base, '-O', 'exit', `${user}@127.0.0.1`], { stdio: 'ignore' });
  return rate;
}

const rate = await ours(machine.port);
const theirs = master(machine.port);
console.log(
  `loopback        swarm ${rate.toFixed(0)} operations/s   ssh through ControlMaster ${theirs.toFixed(0)}/s   ratio ${(rate / theirs).toFixed(1)}`,
);

await using wire = await startWire({ address: '127.0.0.1', port: machine.port });
wire.delay(19); // each way
const slow = await ours(wire.port);
console.log(`38 ms round trip  swarm ${slow.toFixed(1)} operations/s: ${(1000 / slow / 38).toFixed(2)} round trips an operation`);
