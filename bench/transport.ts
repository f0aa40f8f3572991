// An operation on an open connection against `ssh` through ControlMaster on the same host: `npm run bench:transport`.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { connect } from '../src/remote/connect/connect.ts';
import { readSshConfig } from '../src/remote/ssh-config/ssh-config.ts';
import { startSshdFleet, trustedHost } from '../test/machines/sshd-fleet.ts';
import { startWire } from '../test/machines/wire.ts';
import { median } from './race.ts';

const rounds = Number(process.argv[2] ?? 7);
const TURN_MS = 500;
const AT_LEAST = 3;
const DELAY_MS = 19; // each way
const signal = new AbortController().signal;
await using hosts = await startSshdFleet(1);
const [first] = hosts.machines;
if (first === undefined) throw new Error('no host');
const machine = first;

function open(port: number) {
  const host = trustedHost(machine, 'drone-1', { routes: [{ kind: 'local', address: '127.0.0.1', port }] });
  const reach = { hosts: [host], sshConfig: readSshConfig('/nonexistent'), revoked: () => false, routeTimeoutMs: 10_000 };
  return connect(host, reach, signal);
}

/** Operations a second. */
async function rate(operation: () => Promise<unknown> | unknown, ms = TURN_MS): Promise<number> {
  const start = performance.now();
  let count = 0;
  for (; performance.now() - start < ms; count++) await operation();
  return count / ((performance.now() - start) / 1000);
}

const target = `${machine.user}@127.0.0.1`;
const settings = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR', `ControlPath=${join(machine.dir, 'cm')}`];
const base = [...settings.flatMap((each) => ['-o', each]), '-i', machine.clientKey, '-p', String(machine.port)];
const ssh = (...words: string[]): void => {
  if (spawnSync('ssh', [...base, ...words], { stdio: 'ignore' }).status !== 0) throw new Error('ssh failed');
};

{
  await using link = await open(machine.port);
  ssh('-o', 'ControlMaster=yes', '-o', 'ControlPersist=yes', '-fN', target);
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const mine = await rate(() => link.exec({ argv: ['true'] }, signal));
    const other = await rate(() => ssh(target, 'true'));
    if (round === 0) continue; // both are warm now
    ours.push(mine);
    theirs.push(other);
  }
  ssh('-O', 'exit', target);
  const ratio = median(ours) / median(theirs);
  console.log(`loopback, in turns of ${TURN_MS / 1000} s, median of ${rounds}`);
  console.log(`  swarm ${median(ours).toFixed(0)} operations/s, ssh through ControlMaster ${median(theirs).toFixed(0)}/s`);
  console.log(`  ${ratio >= AT_LEAST ? 'reached' : 'MISSED '}  ${ratio.toFixed(1)} times the rate (at least ${AT_LEAST})\n`);
}

await using wire = await startWire({ address: '127.0.0.1', port: machine.port });
wire.delay(DELAY_MS);
await using slow = await open(wire.port);
const trips = 1000 / (await rate(() => slow.exec({ argv: ['true'] }, signal), 4 * TURN_MS)) / (2 * DELAY_MS);
console.log(`${2 * DELAY_MS} ms round trip`);
console.log(`  ${trips < 1.5 ? 'reached' : 'MISSED '}  ${trips.toFixed(2)} round trips an operation (aim: 1)`);
