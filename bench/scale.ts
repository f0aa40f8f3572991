// Tasks on hosts in memory, up to 2,000 on 200, and `swarm check` of 200 playbooks: `npm run bench:scale`.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openJournal } from '../src/journal/journal.ts';
import { createFleet } from '../test/engine/fleet.ts';
import { swarmBin } from './peers.ts';

const SIZES = [
  [500, 50],
  [1000, 100],
  [2000, 100],
  [2000, 200],
] as const;
const FILES = 200;

/** What one run costs: seconds, those of them on a processor, and the largest resident memory in MiB. */
interface Cost {
  readonly seconds: number;
  readonly cpu: number;
  readonly memory: number;
}

async function runTasks(tasks: number, hosts: number): Promise<Cost> {
  const dir = mkdtempSync(join(tmpdir(), 'swarm-scale-'));
  const fleet = createFleet(...Array.from({ length: hosts }, (_, at) => `h${at}`));
  const lines = Array.from({ length: tasks }, (_, at) => `    - put: { path: "/f${at % 20}", content: "{{ inventory_hostname }} ${at}" }`);
  const journal = await openJournal(dir, 'scale');
  const begin = performance.now();
  const used = process.cpuUsage();
  const { state } = await fleet.run(`- hosts: drones\n  tasks:\n${lines.join('\n')}\n`, { options: { forks: 32 }, deps: { journal } });
  await journal.close();
  if (state.exit !== 0) throw new Error(`the run ended with ${state.exit}`);
  const { user, system } = process.cpuUsage(used);
  rmSync(dir, { recursive: true });
  return { seconds: (performance.now() - begin) / 1000, cpu: (user + system) / 1e6, memory: process.resourceUsage().maxRSS / 1024 };
}

function measureInProcess(tasks: number, hosts: number): Cost {
  const jiti = join(import.meta.dirname, '../node_modules/.bin/jiti');
  const { stdout, stderr, status } = spawnSync(process.execPath, [jiti, import.meta.filename, String(tasks), String(hosts)], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Cost;
}

/** Seconds of `swarm check` of so many playbooks of ten tasks, each in a file of its own. */
function measureCheck(files: number): number {
  const dir = mkdtempSync(join(tmpdir(), 'swarm-scale-'));
  for (const each of ['inventory', 'playbooks']) mkdirSync(join(dir, each));
  writeFileSync(join(dir, 'inventory/swarm.yml'), 'hosts: { h: { routes: [ { local: 127.0.0.1 } ] } }\n');
  const task =
    '      - { name: "Page {{ inventory_hostname }}", copy: { content: "{{ facts.cores }}", dest: "/srv/{{ item }}" }, loop: [a, b], when: facts.cores > 1 }\n';
  for (let at = 0; at < files; at++)
    writeFileSync(join(dir, `playbooks/p${at}.yml`), `plays:\n  - hosts: h\n    tasks:\n${task.repeat(10)}`);
  const begin = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [swarmBin, '-C', dir, 'check'], { encoding: 'utf8' });
  const seconds = (performance.now() - begin) / 1000;
  rmSync(dir, { recursive: true });
  if (status !== 0) throw new Error(stdout + stderr);
  return seconds;
}

function measureFloor(): number {
  const begin = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return (performance.now() - begin) / 1000;
}

const [tasks, hosts] = process.argv.slice(2).map(Number);
if (tasks !== undefined && hosts !== undefined) console.log(JSON.stringify(await runTasks(tasks, hosts)));
else {
  for (const [count, size] of SIZES) {
    const { seconds, cpu, memory } = measureInProcess(count, size);
    const each = ((cpu * 1e6) / (count * size)).toFixed(0);
    const shown = `${seconds.toFixed(1)} s, ${cpu.toFixed(1)} s of processor time`;
    console.log(`${count} tasks on ${size} hosts: ${shown}: ${each} us for each task on a host, ${memory.toFixed(0)} MiB`);
  }
  const floor = measureFloor();
  for (const files of [1, FILES]) {
    const seconds = measureCheck(files);
    console.log(`swarm check of ${files} playbooks: ${seconds.toFixed(2)} s, ${(seconds / floor).toFixed(1)} times node -e 0`);
  }
}
