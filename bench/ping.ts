// One command on all hosts, cold, process start included: `npm run bench:ping`.
// Arguments: HOSTS ROUNDS PEERS: numbers of hosts with commas between, and words of the names of peers, or `none`.
import { join } from 'node:path';
import { startSshdFleet } from '../test/machines/sshd-fleet.ts';
import { ansibleFiles, forgetMasters, sshConfig, swarmBin } from './peers.ts';
import { choosePeers, type Goal, goals, has, type Runner, race, table } from './race.ts';

const sizes = (process.argv[2] ?? '5,20,50').split(',').map(Number);
const rounds = Number(process.argv[3] ?? 5);

const wanted: readonly Goal[] = [
  { against: 'floor: ssh2 alone', atMost: 1.5 },
  { against: 'ansible raw', atLeast: 3 },
  { against: 'ansible command, pipelining', atLeast: 5 },
];

for (const size of sizes) {
  await using hosts = await startSshdFleet(size);
  const { project, machines } = hosts;
  const plain = ansibleFiles(hosts, size, false);
  const pipelined = ansibleFiles(hosts, size, true);
  const config = sshConfig(hosts);
  const names = machines.map((_, at) => `drone-${at + 1}`);
  const [{ clientKey, user } = { clientKey: '', user: '' }] = machines;
  const candidates: readonly (Runner & { readonly needs?: string })[] = [
    {
      name: 'floor: ssh2 alone',
      argv: [process.execPath, join(import.meta.dirname, 'floor.mjs'), clientKey, user, ...machines.map(({ port }) => String(port))],
    },
    { name: 'swarm exec', argv: [process.execPath, swarmBin, '-C', project, 'exec', 'drones', '-f', String(size), '--', 'true'] },
    {
      name: 'ansible raw',
      needs: 'ansible',
      argv: ['ansible', 'drones', '-i', plain.inventory, '-m', 'raw', '-a', 'true'],
      env: plain.env,
    },
    {
      name: 'ansible command, pipelining',
      needs: 'ansible',
      argv: ['ansible', 'drones', '-i', pipelined.inventory, '-m', 'command', '-a', 'true'],
      env: pipelined.env,
    },
    {
      name: 'pssh',
      needs: 'parallel-ssh',
      argv: ['parallel-ssh', '-p', String(size), '-x', `-F ${config}`, ...names.flatMap((name) => ['-H', name]), 'true'],
    },
    { name: 'clush', needs: 'clush', argv: ['clush', '-f', String(size), '-o', `-F ${config}`, '-w', names.join(','), 'true'] },
  ];
  const runners: Runner[] = [];
  for (const each of candidates)
    if (each.needs === undefined || (await has(each.needs))) runners.push({ ...each, prepare: forgetMasters(hosts) });
  const timings = await race(choosePeers(runners, process.argv[4]), rounds);
  console.log(table(`one command on ${size} hosts, median of ${rounds}`, timings));
  console.log(goals('swarm exec', timings, wanted));
}
