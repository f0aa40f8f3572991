import type { Disruption, DisruptionLog } from '../../src/core/disruption.ts';
import { SwarmError } from '../../src/core/error/swarm-error.ts';
import type { RunEvent, RunEventData } from '../../src/core/event.ts';
import type { HealLog, HealRecord } from '../../src/core/healing.ts';
import type { Host } from '../../src/core/inventory/host.ts';
import type { HostName } from '../../src/core/inventory/host-name.ts';
import type { Inventory } from '../../src/core/inventory/inventory.ts';
import { defaultTarget } from '../../src/core/inventory/target.ts';
import type { Vars } from '../../src/core/json-value.ts';
import type { Playbook } from '../../src/core/playbook/playbook-model.ts';
import { reduce } from '../../src/core/reduce/reduce.ts';
import { initialRunState, type RunState } from '../../src/core/run-state.ts';
import type { FleetProbe } from '../../src/engine/disruption/fleet-probe.ts';
import { type RunOptions, runPlaybook } from '../../src/engine/run.ts';
import type { RunDeps } from '../../src/engine/run-deps.ts';
import { parsePlaybook } from '../../src/language/playbook/read-playbook.ts';
import type { RouteReport } from '../../src/remote/connect/connect-options.ts';
import { virtualClock } from './clock.ts';
import { hostNamed, Machine } from './machine.ts';
import { testModules } from './modules.ts';

/** A journal in memory. */
export function memoryJournal(events: readonly RunEvent[] = []) {
  let state = events.reduce(reduce, initialRunState('r4nd'));
  const all: RunEvent[] = [...events];
  const listeners: ((event: RunEvent) => void)[] = [];
  return {
    run: 'r4nd',
    events: all,
    flushedAt: [] as number[],
    get state() {
      return state;
    },
    emit(fact: RunEventData): RunEvent {
      const event: RunEvent = { v: 1, run: 'r4nd', seq: all.length, at: '2026-01-01T00:00:00.000Z', ...fact };
      all.push(event);
      state = reduce(state, event);
      for (const listener of listeners) listener(event);
      return event;
    },
    outputGate: () => undefined,
    async flush() {
      this.flushedAt.push(all.length);
    },
    on(listener: (event: RunEvent) => void) {
      listeners.push(listener);
    },
  };
}

export interface TestFleet {
  readonly inventory: Inventory;
  readonly machines: ReadonlyMap<string, Machine>;
  machine(name: string): Machine;
  /** Runs a playbook; what is not given is as the command line has it. */
  run(
    yaml: string,
    extra?: {
      readonly args?: Vars;
      readonly options?: Partial<RunOptions>;
      readonly deps?: Partial<RunDeps>;
      readonly journal?: ReturnType<typeof memoryJournal>;
      /** The file of the playbook, for what it imports. */
      readonly file?: string;
      /** What the command line makes of the playbook. */
      readonly change?: (playbook: Playbook) => Playbook;
    },
  ): Promise<TestRun>;
}

export interface TestRun {
  readonly state: RunState;
  readonly events: readonly RunEvent[];
  /** `host task outcome` of every finished task, in order. */
  readonly finished: readonly string[];
  readonly clock: ReturnType<typeof virtualClock>;
}

/** Hosts in memory: `fleet('a', 'b')`, or with fields. */
export function createFleet(...wanted: readonly (string | Host)[]): TestFleet {
  const hosts = wanted.map((each) => (typeof each === 'string' ? hostNamed(each) : each));
  const here = hostNamed('localhost', { groups: [], routes: [{ kind: 'here' }], protected: true });
  const all = [...hosts, here];
  const machines = new Map(all.map((host) => [host.name as string, new Machine(host)]));
  const inventory: Inventory = {
    dir: '/project',
    hosts: all,
    groups: [...new Set(hosts.flatMap(({ groups }) => groups))],
    binhost: { path: '/project/binhost' },
    targets: [defaultTarget({ path: '/project/binhost' })],
    discover: { tailscale: false, networks: [] },
  };
  const machine = (name: string): Machine => {
    const found = machines.get(name);
    if (found === undefined) throw new Error(`no machine ${name}`);
    return found;
  };
  return {
    inventory,
    machines,
    machine,
    async run(yaml, { args = {}, options = {}, deps = {}, journal = memoryJournal(), file = 'test.yml', change } = {}) {
      const parsed = await parsePlaybook(file, yaml, deps.modules ?? testModules);
      const playbook = change === undefined ? parsed : change(parsed);
      const clock = virtualClock();
      const state = await runPlaybook(
        playbook,
        args,
        { check: false, diff: false, forks: 10, tags: [], skipTags: [], ...options },
        {
          inventory,
          connect: (host, signal) => machine(host.name).connect(signal),
          fleetProbe: fleetProbeOver(machine),
          modules: testModules,
          journal,
          paths: {
            project: '/project',
            run: journal.run,
            staging: '/stage',
            binhost: inventory.binhost,
            targets: inventory.targets,
            files: [],
            templates: [],
          },
          signal: new AbortController().signal,
          clock,
          openJobs: (connection) => machine(connection.host.name).jobsOver(connection),
          listJobs: async (connection) => [...machine(connection.host.name).jobs.keys()],
          ...deps,
        },
      );
      return { state, events: journal.events, finished: finishedIn(journal.events), clock };
    },
  };
}

/** Every route as its machine is; nothing is remembered. */
export function fleetProbeOver(machine: (name: string) => Machine, change: Partial<FleetProbe> = {}): FleetProbe {
  return {
    verifyRoutes: async (host) =>
      host.routes.map((route): RouteReport => ({ host: host.name, user: host.login.user, route, status: 'proven', ms: 1 })),
    prove: async (host, signal) => {
      const link = await machine(host.name)
        .connect(signal)
        .catch(() => undefined);
      return link?.proof;
    },
    disruptions: memoryDisruptions(),
    healing: memoryHealing(),
    ...change,
  };
}

/** The healing of a project in memory. */
export function memoryHealing(past: readonly HealRecord[] = []): HealLog & { readonly all: HealRecord[] } {
  const all = [...past];
  const put = (record: HealRecord): void => {
    const known = all.findIndex((each) => each.host === record.host && each.step === record.step);
    all.splice(known === -1 ? all.length : known, known === -1 ? 0 : 1, record);
  };
  return {
    all,
    list: () => all,
    async start(decide) {
      const record = decide(all);
      if (record !== undefined) put(record);
      return record;
    },
    async end(record, { outcome, at: endedAt, because }) {
      put({ ...record, outcome, endedAt, ...(because === undefined ? {} : { because }) });
    },
  };
}

/** Disruptions in memory; a lock that refuses whoever comes second. */
export function memoryDisruptions(past: readonly Disruption[] = []): DisruptionLog {
  const all = new Map(past.map((each) => [each.id, each]));
  let held = false;
  return {
    async acquireLock({ run }) {
      if (held) throw new SwarmError('SW3003', `run ${run} is at it`);
      held = true;
      return {
        async [Symbol.asyncDispose]() {
          held = false;
        },
      };
    },
    list: () => [...all.values()],
    recordStart(disruption) {
      const id = String(all.size);
      all.set(id, { ...disruption, id });
      return id;
    },
    recordEnd(id, endedAt) {
      const found = all.get(id);
      if (found !== undefined) all.set(id, { ...found, endedAt });
    },
  };
}

export const finishedIn = (events: readonly RunEvent[]): readonly string[] =>
  events.flatMap((event) => (event.type === 'task.finished' ? [`${event.host} ${event.name} ${event.outcome}`] : []));

export const asHost = (name: string): HostName => name as HostName;
