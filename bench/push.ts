// 200 files of 5 MB in all to 5 hosts, one changed, something restarted where it changed: `npm run bench:push`.
// Arguments: HOSTS ROUNDS PEERS, where PEERS are words of the names of peers, or `none`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSshdFleet } from '../test/machines/sshd-fleet.ts';
import { sshConfig, swarmBin } from './peers.ts';
import { choosePeers, type Goal, goals, has, type Runner, race, table } from './race.ts';

const size = Number(process.argv[2] ?? 5);
const rounds = Number(process.argv[3] ?? 5);

await using hosts = await startSshdFleet(size);
const { project, machines } = hosts;
const tree = join(project, 'files/tree');
mkdirSync(tree, { recursive: true });
for (let at = 0; at < 200; at++) writeFileSync(join(tree, `file${at}`), `${at}\n`.repeat(1).padEnd(25_000, String(at)));
let edits = 0;
const change = (): void => writeFileSync(join(tree, 'file7'), `${edits++}\n`.padEnd(25_000, 'x'));

mkdirSync(join(project, 'playbooks'), { recursive: true });
writeFileSync(
  join(project, 'playbooks/bench.yml'),
  `plays:
  - name: Push
    hosts: drones
    tasks:
      - sync: { src: tree/, dest: "{{ facts.home }}/tree" }
        notify: Restart
    handlers:
      - name: Restart
        command: { argv: ["true"] }
`,
);
writeFileSync(
  join(project, 'playbooks/push.yml'),
  `plays:
  - name: Push
    hosts: drones
    tasks:
      - push: { trees: [{ source: tree/, dest: "{{ facts.home }}/pushed" }], services: [{ command: ["true"] }] }
`,
);
const config = sshConfig(hosts);
const names = machines.map((_, at) => `drone-${at + 1}`);
const one = `rsync -a -e 'ssh -F ${config}' ${tree}/ "$1":rsynced/ && ssh -F ${config} "$1" true`;
const floor = join(import.meta.dirname, 'floor-push.mjs');
const [{ clientKey, user } = { clientKey: '', user: '' }] = machines;
const runners: Runner[] = [
  {
    name: 'floor: ssh2 alone, size and time',
    argv: [process.execPath, floor, clientKey, user, tree, ...machines.map(({ port, home }) => `${port}:${join(home, 'floor')}`)],
  },
  { name: 'swarm run', argv: [process.execPath, swarmBin, '-C', project, 'run', 'bench', '-f', String(size), '-q'] },
  // a version of its own, confirmed over a second connection
  { name: 'swarm push', argv: [process.execPath, swarmBin, '-C', project, 'push', '-f', String(size), '-q'] },
];
if (await has('rsync')) {
  runners.push(
    {
      name: 'rsync to all in parallel, then ssh',
      argv: ['sh', '-c', `printf '%s\\n' ${names.join(' ')} | xargs -P ${size} -I{} sh -c '${one.replaceAll("'", `'\\''`)}' sh {}`],
    },
    {
      name: 'rsync, then ssh, host after host',
      argv: ['sh', '-c', `for host in ${names.join(' ')}; do set -- $host; ${one} || exit 1; done`],
    },
  );
}
const wanted: readonly Goal[] = [
  { against: 'floor: ssh2 alone, size and time', atMost: 1.8 },
  { against: 'rsync to all in parallel, then ssh', atLeast: 1.5 },
];
const runs = [
  ['one of 200 files changed', runners.map((each) => ({ ...each, prepare: change }))],
  ['nothing changed', runners],
] as const;
for (const [which, each] of runs) {
  const timings = await race(choosePeers(each, process.argv[4]), rounds);
  console.log(table(`${which}, ${size} hosts, median of ${rounds}`, timings));
  console.log(goals('swarm run', timings, wanted));
}
