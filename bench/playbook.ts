// 20 tasks (10 copy, 5 command, 3 template, 2 stat) on hosts, first and second run: `npm run bench:playbook`.
// Arguments: HOSTS ROUNDS PEERS, where PEERS are words of the names of peers: `npm run bench:playbook -- 20 3 pipelining`, or `none`.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSshdFleet } from '../test/machines/sshd-fleet.ts';
import { ansibleFiles, forgetMasters, swarmBin } from './peers.ts';
import { choosePeers, type Goal, goals, has, type Runner, race, table } from './race.ts';

const size = Number(process.argv[2] ?? 5);
const rounds = Number(process.argv[3] ?? 3);
const MITOGEN = '/usr/lib/python3/dist-packages/ansible_mitogen/plugins/strategy';

await using hosts = await startSshdFleet(size);
const { project, machines } = hosts;
const dest = 'bench-out'; // below each login's home
const content = 'a line of configuration\n'.repeat(40);

mkdirSync(join(project, 'playbooks'), { recursive: true });
mkdirSync(join(project, 'templates'), { recursive: true });
writeFileSync(join(project, 'templates/t.hbs'), 'name {{ host.name }}\n');
writeFileSync(join(project, 'templates/t.j2'), 'name {{ inventory_hostname }}\n');
const n = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at);

const swarmTasks = (dir: string): string =>
  [
    ...n(10).map((at) => `      - copy: { content: ${JSON.stringify(content)}, dest: "${dir}/copy${at}", mode: "0644" }`),
    ...n(5).map(() => '      - command: { argv: ["true"] }'),
    ...n(3).map((at) => `      - template: { src: t.hbs, dest: "${dir}/template${at}", mode: "0644" }`),
    ...n(2).map((at) => `      - stat: { path: "${dir}/copy${at}" }`),
  ].join('\n');
const ansibleTasks = (dir: string): string =>
  [
    ...n(10).map((at) => `    - copy: { content: ${JSON.stringify(content)}, dest: "${dir}/copy${at}", mode: "0644" }`),
    ...n(5).map(() => '    - command: "true"'),
    ...n(3).map((at) => `    - template: { src: ${project}/templates/t.j2, dest: "${dir}/template${at}", mode: "0644" }`),
    ...n(2).map((at) => `    - stat: { path: "${dir}/copy${at}" }`),
  ].join('\n');

const homes = machines.map((machine) => machine.home);
const forget = forgetMasters(hosts);
const fresh = (): void => {
  forget();
  for (const each of homes) {
    rmSync(join(each, dest), { recursive: true, force: true });
    mkdirSync(join(each, dest));
  }
};
const swarmFile = join(project, 'playbooks/bench.yml');
writeFileSync(swarmFile, `plays:\n  - name: Bench\n    hosts: drones\n    tasks:\n${swarmTasks('{{ facts.home }}/bench-out')}\n`);
const ansibleFile = join(project, 'bench-ansible.yml');
writeFileSync(ansibleFile, `- hosts: drones\n  gather_facts: false\n  tasks:\n${ansibleTasks('{{ home }}/bench-out')}\n`);

const pipelined = ansibleFiles(hosts, size, true);
const plain = ansibleFiles(hosts, size, false);
const floor = join(import.meta.dirname, 'floor-playbook.mjs');
const [{ clientKey, user } = { clientKey: '', user: '' }] = machines;
const all: Runner[] = [
  {
    name: 'floor: ssh2 alone',
    argv: [process.execPath, floor, clientKey, user, ...machines.map(({ port, home }) => `${port}:${join(home, dest)}`)],
  },
  { name: 'swarm run', argv: [process.execPath, swarmBin, '-C', project, 'run', swarmFile, '-f', String(size), '-q'] },
];
if (await has('ansible-playbook')) {
  if (existsSync(MITOGEN)) {
    const mitogen = ansibleFiles(hosts, size, true, MITOGEN);
    all.push({ name: 'ansible + mitogen', argv: ['ansible-playbook', '-i', mitogen.inventory, ansibleFile], env: mitogen.env });
  }
  all.push({ name: 'ansible, pipelining', argv: ['ansible-playbook', '-i', pipelined.inventory, ansibleFile], env: pipelined.env });
  all.push({ name: 'ansible, default', argv: ['ansible-playbook', '-i', plain.inventory, ansibleFile], env: plain.env });
}
const wanted: readonly Goal[] = [
  { against: 'floor: ssh2 alone', atMost: 1.4 },
  { against: 'ansible + mitogen', atLeast: 10 },
  { against: 'ansible, pipelining', atLeast: 30 },
];
const runs = [
  ['first run', all.map((each) => ({ ...each, prepare: fresh }))],
  ['second run', all.map((each) => ({ ...each, prepare: forget }))],
] as const;
for (const [which, runners] of runs) {
  const timings = await race(choosePeers(runners, process.argv[4]), rounds);
  console.log(table(`20 tasks on ${size} hosts, ${which}, median of ${rounds}`, timings));
  console.log(goals('swarm run', timings, wanted));
}
