// 200 files of 5 MB in all to 5 hosts, one changed, something restarted where it changed: `npm run bench:push`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fleet } from '../test/fleet/fleet.ts';
import { sshConfig, swarmBin } from './peers.ts';
import { has, type Runner, race, table } from './race.ts';

const size = Number(process.argv[2] ?? 5);
const rounds = Number(process.argv[3] ?? 5);

await using hosts = await fleet(size);
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
const config = sshConfig(hosts);
const names = machines.map((_, at) => `drone-${at + 1}`);
const one = `rsync -a -e 'ssh -F ${config}' ${tree}/ "$1":rsynced/ && ssh -F ${config} "$1" true`;
const runners: Runner[] = [{ name: 'swarm run', argv: [process.execPath, swarmBin, '-C', project, 'run', 'bench', '-q'] }];
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
console.log(
  table(
    `one of 200 files changed, ${size} hosts, median of ${rounds}`,
    await race(
      runners.map((each) => ({ ...each, prepare: change })),
      rounds,
    ),
  ),
);
console.log(table(`nothing changed, ${size} hosts, median of ${rounds}`, await race(runners, rounds)));
