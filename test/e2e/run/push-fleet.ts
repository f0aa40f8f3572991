import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { findMarkedProcesses } from '../../machines/marked-processes.ts';
import type { Sshd } from '../../machines/sshd.ts';
import { startSshdFleet } from '../../machines/sshd-fleet.ts';
import { type StepWire, startStepWire } from '../../machines/step-wire.ts';

/** Two hosts of real OpenSSH, each behind a cable of its own, to which two trees are pushed; a service runs what is in them. */
export interface PushFleet extends AsyncDisposable {
  readonly project: string;
  readonly wires: readonly StepWire[];
  /** Writes the source of both trees. */
  writeSource(text: string): void;
  /** The text that each tree of the host has; `mixed ...` where its files are not of one push. */
  trees(at: number): readonly string[];
  /** With what the service of the host runs; undefined: it does not run. */
  service(at: number): string | undefined;
  /** What a push left behind on the host that should be gone. */
  leftovers(at: number): readonly string[];
  /** KILLs what the logins of the host run; `switch`: the program that goes back too. The service runs on. */
  kill(at: number, withSwitch: boolean): void;
  /** Waits until no switch is under way on any host. */
  untilQuiet(): Promise<void>;
}

const TREES = ['set', 'conf'];
const PATHS = ['a', 'b', 'deep/c'];

/** Ends what ran, and runs a process that stands for the service, with what the trees have now. */
const RESTART = `cd "\${0%/*}" || exit
[ ! -s pid ] || kill "$(cat pid)"
cat set/a conf/a >running
setsid sleep 86400 </dev/null >/dev/null 2>&1 &
echo $! >pid
`;
const CHECK = 'kill -0 "$(cat "$0/pid")" && cat "$0/set/a" "$0/conf/a" | cmp - "$0/running"';

const PLAYBOOK = `args: { confirm: { type: string, default: 5s } }
plays:
  - name: Push
    hosts: drones
    serial: [1, "100%"]
    any_errors_fatal: true
    tasks:
      - push:
          trees:
${TREES.map((name) => `            - { source: ${name}/, dest: "{{ facts.home }}/${name}" }`).join('\n')}
          services: [{ command: [sh, "{{ facts.home }}/restart.sh"] }]
          checks: [{ command: [sh, -c, '${CHECK}', "{{ facts.home }}"], within: 5s }]
          confirm: "{{ confirm }}"
`;

/** Starts the hosts, with nothing pushed yet. */
export async function startPushFleet(): Promise<PushFleet> {
  const hosts = await startSshdFleet(2);
  const { machines, project } = hosts;
  const wires = await Promise.all(machines.map(({ port }) => startStepWire(port)));
  const inventory = join(project, 'inventory/swarm.yml');
  const ports = machines.map(({ port }, at) => [`"127.0.0.1:${port}"`, `"127.0.0.1:${wires[at]?.port}"`] as const);
  writeFileSync(
    inventory,
    ports.reduce((text, [from, to]) => text.replace(from, to), readFileSync(inventory, 'utf8')),
  );
  mkdirSync(join(project, 'playbooks'));
  writeFileSync(join(project, 'playbooks/push.yml'), PLAYBOOK);
  const homeOf = (at: number): string => machines[at]?.home ?? '';
  for (const { home } of machines) writeFileSync(join(home, 'restart.sh'), RESTART);
  const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8').trim() : 'missing');
  return {
    project,
    wires,
    writeSource(text) {
      for (const tree of TREES)
        for (const path of PATHS) {
          mkdirSync(join(project, 'files', tree, 'deep'), { recursive: true });
          writeFileSync(join(project, 'files', tree, path), `${text}\n`);
        }
    },
    trees: (at) =>
      TREES.map((tree) => {
        const texts = PATHS.map((path) => read(join(homeOf(at), tree, path)));
        return new Set(texts).size === 1 ? (texts[0] ?? '') : `mixed ${texts.join(' ')}`;
      }),
    service: (at) => {
      const pid = read(join(homeOf(at), 'pid'));
      const lines = read(join(homeOf(at), 'running')).split('\n');
      return existsSync(`/proc/${pid}`) && new Set(lines).size === 1 ? lines[0] : undefined;
    },
    leftovers: (at) => findLeftovers(homeOf(at)),
    kill: (at, withSwitch) => killLogins(machines[at], withSwitch),
    async untilQuiet() {
      for (const machine of machines) while (listSwitches(machine).length > 0) await wait(20);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(wires.map((wire) => wire[Symbol.asyncDispose]()));
      await hosts[Symbol.asyncDispose]();
    },
  };
}

function findLeftovers(home: string): readonly string[] {
  const list = (folder: string): readonly string[] => readdirSync(join(home, folder)).map((name) => join(folder, name));
  const known = [...TREES, ...TREES.map((tree) => `.${tree}.versions`), 'restart.sh', 'running', 'pid', '.local'];
  return [
    ...list('.').filter((name) => !known.includes(name)),
    ...list('.local/state/swarm/push').filter((path) => !/\/(\.lock|last)$/.test(path)),
    ...TREES.flatMap((tree) => list(`.${tree}.versions`)).filter((path) => !/\/\d+-[0-9a-f]{12}(\.json)?$/.test(path)),
    ...TREES.flatMap((tree) => list(`.${tree}.versions`).slice(6)), // three versions, each with its record
  ];
}

interface HostProcess {
  readonly pid: number;
  /** Its session of processes, as setsid makes it. */
  readonly session: number;
  readonly isSwitch: boolean;
}

function listHostProcesses({ mark, home }: Sshd): readonly HostProcess[] {
  const service = existsSync(join(home, 'pid')) ? Number(readFileSync(join(home, 'pid'), 'utf8')) : 0;
  return findMarkedProcesses(mark).flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      const session = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]);
      const isSwitch = readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('\0swarm-push\0');
      return pid === service ? [] : [{ pid, session, isSwitch }];
    } catch {
      return []; // it ended meanwhile
    }
  });
}

const listSwitches = (machine: Sshd): readonly HostProcess[] => listHostProcesses(machine).filter(({ isSwitch }) => isSwitch);

function killLogins(machine: Sshd | undefined, withSwitch: boolean): void {
  if (machine === undefined) return;
  const all = listHostProcesses(machine);
  const switches = new Set(all.filter(({ isSwitch }) => isSwitch).map(({ session }) => session));
  for (const { pid, session } of all) {
    if (!withSwitch && switches.has(session)) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it ended meanwhile
    }
  }
}
