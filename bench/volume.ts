// A million lines from each of five hosts, and one command where most hosts swallow packets: `npm run bench:volume`.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSshdFleet } from '../test/machines/sshd-fleet.ts';
import { sshConfig, swarmBin } from './peers.ts';
import { has, type Runner } from './race.ts';

const size = Number(process.argv[2] ?? 5);
const lines = Number(process.argv[3] ?? 1_000_000);

/** Seconds, the largest resident memory in MiB, and what was printed in MiB. */
interface Cost {
  readonly seconds: number;
  readonly memory: number;
  readonly printed: number;
  readonly exit: number | null;
}

/** Counts what a program prints, and reads its largest memory from /proc while it lives. */
async function measure({ argv: [program, ...args] }: Runner): Promise<Cost> {
  const start = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = 0;
  let memory = 0;
  child.stdout.on('data', (data: Buffer) => (printed += data.length));
  const timer = setInterval(() => {
    const status = readStatus(child.pid ?? 0);
    memory = Math.max(memory, Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024);
  }, 50);
  const exit = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  clearInterval(timer);
  return { seconds: (performance.now() - start) / 1000, memory, printed: printed / 2 ** 20, exit };
}

function readStatus(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return ''; // it has ended
  }
}

/** The ports of swallow.py, as soon as all are there. */
async function readPorts(count: number): Promise<readonly string[]> {
  let text = '';
  for await (const part of swallow.stdout) {
    text += String(part);
    const ports = text.trim().split('\n');
    if (ports.length === count) return ports;
  }
  throw new Error('swallow.py ended');
}

/** A host key that no machine has: a host without a pin would be refused before anything is sent to it. */
function makePin(): string {
  const field = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  return `ssh-ed25519 ${Buffer.concat([field(Buffer.from('ssh-ed25519')), field(randomBytes(32))]).toString('base64')}`;
}

const row = (name: string, { seconds, memory, printed, exit }: Cost): string =>
  `${name.padEnd(28)} ${seconds.toFixed(1).padStart(7)} s ${memory.toFixed(0).padStart(6)} MiB ${printed.toFixed(1).padStart(8)} MiB printed, exit ${exit}`;

await using fleet = await startSshdFleet(size);
const names = fleet.machines.map((_, at) => `drone-${at + 1}`);
const config = sshConfig(fleet);
const work = ['sh', '-c', `seq ${lines}`];
const swarm = (...words: string[]): Runner => ({ name: 'swarm exec', argv: [process.execPath, swarmBin, '-C', fleet.project, ...words] });
console.log(`${lines} lines from each of ${size} hosts`);
const quoted = `sh -c 'seq ${lines}'`;
const ssh = names.map((name) => `ssh -F ${config} ${name} "${quoted}" & `).join('');
console.log(row('floor: ssh in the background', await measure({ name: 'ssh', argv: ['sh', '-c', `${ssh} wait`] })));
console.log(row('swarm exec', await measure(swarm('exec', 'drones', '--', ...work))));
const runs = join(fleet.project, '.swarm/runs');
const journals = readdirSync(runs).map((run) => statSync(join(runs, run, 'events.jsonl')).size / 2 ** 20);
console.log(`journal ${Math.max(...journals).toFixed(1)} MiB`);
if (await has('clush'))
  console.log(
    row('clush', await measure({ name: 'clush', argv: ['clush', '-S', '-f', '64', '-o', `-F ${config}`, '-w', names.join(','), quoted] })),
  );

const inventory = join(fleet.project, 'inventory/swarm.yml');
const before = readFileSync(inventory, 'utf8');
const alone = await measure(swarm('exec', 'drones', '--', 'true'));
const swallow = spawn('python3', [join(import.meta.dirname, 'swallow.py'), String(size * 3)], { stdio: ['pipe', 'pipe', 'inherit'] });
const ports = await readPorts(size * 3);
const dead = ports.map((port, at) => `  dead-${at}: { groups: [drones], routes: [ { local: "127.0.0.1:${port}" } ] }`);
writeFileSync(inventory, `${before.trimEnd()}\n${dead.join('\n')}\n`);
appendFileSync(join(fleet.project, 'inventory/known_hosts'), ports.map((_, at) => `dead-${at} ${makePin()}\n`).join(''));
rmSync(runs, { recursive: true });
const among = await measure(swarm('exec', 'drones', '--', 'true'));
const [run = ''] = readdirSync(runs);
const events = readFileSync(join(runs, run, 'events.jsonl'), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as { readonly type: string; readonly at: string; readonly host?: string });
const at = (text: string): number => Date.parse(text);
const first = at(events[0]?.at ?? '');
const done = events.filter(({ type, host }) => type === 'task.finished' && host?.startsWith('drone'));
const last = Math.max(...done.map((event) => at(event.at)));
console.log(row(`${size} hosts`, alone));
console.log(row(`the same among ${dead.length} dead`, among));
console.log(`the ${done.length} that answer were done after ${((last - first) / 1000).toFixed(1)} s`);
swallow.stdin.end();
