import { setMaxListeners } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import PQueue from 'p-queue';
import { isCommandRun } from '../core/can-resume.ts';
import { PENDING_EXIT } from '../core/exit/exit-code.ts';
import type { Host } from '../core/inventory/host.ts';
import { type Inventory, targetVariables } from '../core/inventory/inventory.ts';
import type { Vars } from '../core/json-value.ts';
import type { Playbook } from '../core/playbook/playbook-model.ts';
import { thisOrchestrator } from '../core/program/orchestrator.ts';
import type { RunState } from '../core/run-state.ts';
import { unknownNameError } from '../core/unknown-name.ts';
import { listHostJobs, openHostJobs } from '../remote/jobs/detached-jobs.ts';
import { wallClock } from './clock.ts';
import { watchAbsentHosts } from './host/absent-hosts.ts';
import type { AbsentHosts } from './host/host-absence.ts';
import { createRunningJobs } from './host/running-jobs.ts';
import { describeAbsence } from './host-block.ts';
import { createHostRun, type HostRun, isActive } from './host-run.ts';
import { playFailedError, runPlay } from './play/run-play.ts';
import { type HostSelection, selectHosts, shufflePlays } from './play/select-hosts.ts';
import { dropItems } from './queue/drop-items.ts';
import type { RunContext, RunOptions, RunRecord } from './run-context.ts';
import { finishedExitCode, interruptExitCode } from './run-exit.ts';

export type { RunOptions } from './run-context.ts';

import { createLinks, type HostLinks, type RunControls } from './host/host-links.ts';
import { NO_DURATIONS, type RunDeps } from './run-deps.ts';
import { createHostVariables } from './variables/host-variables.ts';

/**
 * Runs a playbook, and returns the final state. Every step is an event of the journal. Throws before the first event where no host
 * can run anything (SW1203, SW1204, SW3005), and when the journal cannot be written (SW5001, SW5003).
 */
export async function runPlaybook(playbook: Playbook, args: Vars, options: RunOptions, deps: RunDeps): Promise<RunState> {
  const { journal, inventory, clock = wallClock } = deps;
  const selection = selectRunHosts(playbook, args, options, inventory, clock.now());
  const begin = clock.now();
  emitRunStarted(playbook, args, options, { journal, selection, version: deps.version ?? '' });
  const halted = new AbortController();
  const signal = AbortSignal.any([deps.signal, halted.signal]);
  setMaxListeners(0, signal, deps.signal); // one listener for each host
  const halt = (error: unknown): void => halted.abort(error);
  const links = createLinks(options, deps, { clock, signal, halt });
  const absent = watchAbsentHosts(deps, links, clock, signal);
  const context = createRunContext(playbook, args, options, { deps, links, absent, clock, signal, halt });
  try {
    await journal.flush();
    await runPlays(context, shufflePlays(playbook.plays, selection.plays, journal.run));
    if (halted.signal.aborted) throw halted.signal.reason;
    const interrupted = deps.signal.aborted;
    if (interrupted) noteRunningJobs(context);
    halted.abort(); // a module that still runs can emit nothing more
    const exit = interrupted ? interruptExitCode(deps.signal.reason) : finishedExitCode(journal.state, options.detailedExitcode === true);
    const status = interrupted ? 'interrupted' : exit === 0 || exit === PENDING_EXIT ? 'ok' : 'failed';
    journal.emit({ type: 'run.finished', status, exit, ms: Math.round(clock.now() - begin) });
    await journal.flush();
    return journal.state;
  } finally {
    halted.abort();
    absent.stop();
    await links.close();
  }
}

/** The hosts of a run, before it has a journal. Throws SW1203, SW1204 and SW3005 where it could not start. */
export function selectRunHosts(playbook: Playbook, args: Vars, options: RunOptions, inventory: Inventory, now: number): HostSelection {
  assertKnownHost(options.allowProtected, inventory);
  return selectHosts(playbook, inventory, options.limit, args, now);
}

/** Throws SW1203 for a host that the inventory does not have. */
function assertKnownHost(name: string | undefined, { hosts }: Inventory): void {
  if (name === undefined || hosts.some((host) => host.name === name)) return;
  throw unknownNameError(
    'host',
    name,
    hosts.map((host) => host.name),
    '--allow-protected takes the name of one host. To see the names, run: swarm hosts list',
  );
}

function emitRunStarted(
  playbook: Playbook,
  args: Vars,
  options: RunOptions,
  { journal, selection, version }: { readonly journal: RunRecord; readonly selection: HostSelection; readonly version: string },
): void {
  journal.emit({
    type: 'run.started',
    playbook: playbook.name,
    file: playbook.file,
    args,
    defaults: listDefaults(playbook, args),
    hosts: [...new Set(selection.plays.flat())].map(({ name }) => name),
    check: options.check,
    diff: options.diff,
    tags: options.tags,
    skipTags: options.skipTags,
    forks: options.forks,
    ...(options.startAt === undefined ? {} : { startAt: options.startAt }),
    ...(options.step === true ? { step: true } : {}),
    ...(options.inventory === undefined ? {} : { inventory: options.inventory }),
    pid: process.pid,
    orchestrator: thisOrchestrator(),
    version,
    ...(journal.state.startedAt === undefined ? {} : { resumed: true }),
  });
  for (const host of selection.blocked) journal.emit({ type: 'run.note', text: `${host.name} is skipped: it is ${describeAbsence(host)}` });
}

/** The arguments that have the value of their declaration. */
const listDefaults = ({ args: declared }: Playbook, args: Vars): readonly string[] =>
  declared.filter(({ name, default: usual = null }) => isDeepStrictEqual(args[name] ?? null, usual)).map(({ name }) => name);

async function runPlays(context: RunContext, plays: readonly (readonly Host[])[]): Promise<void> {
  const { playbook, journal, hosts, signal, options } = context;
  let allPlanned = !options.check;
  for (const [index, play] of playbook.plays.entries()) {
    if (signal.aborted) return;
    const hostRuns = (plays[index] ?? [])
      .flatMap(({ name }) => hosts.runs.get(name) ?? [])
      .filter((hostRun) => isActive(hostRun) && !hosts.absent.isAbsent(hostRun.host.name));
    if (hostRuns.length === 0) {
      journal.emit({ type: 'run.note', text: `${play.name}: no host can run this play` });
      allPlanned = false;
      continue;
    }
    const others = plays.slice(index + 1).flatMap((later) => later.flatMap(({ name }) => hosts.runs.get(name) ?? []));
    const stop = (await runPlay(context, play, hostRuns)) ?? playFailedError(play, hostRuns, others);
    if (stop === undefined) continue;
    journal.emit({ type: 'run.failed', error: stop.toJSON() });
    return;
  }
  if (allPlanned && !signal.aborted) await dropItems(context);
}

/** Emits a note for each job that outlives the run. */
function noteRunningJobs({ hosts, journal }: RunContext): void {
  const { run, state } = journal;
  const next = isCommandRun(state) ? `to end it, run: swarm runs cancel ${run}` : `to attach to it, run: swarm runs resume ${run}`;
  for (const { host, job } of hosts.runningJobs.all())
    journal.emit({ type: 'run.note', text: `job ${job} keeps running on ${host}; ${next}` });
}

function createRunContext(
  playbook: Playbook,
  args: Vars,
  options: RunOptions,
  {
    deps,
    links,
    absent,
    clock,
    signal,
    halt,
  }: RunControls & { readonly deps: RunDeps; readonly links: HostLinks; readonly absent: AbsentHosts },
): RunContext {
  const { inventory, paths, modules, journal, fleetProbe } = deps;
  const namesIn = (group: string): readonly string[] =>
    inventory.hosts.filter(({ groups }) => groups.includes(group)).map(({ name }) => name);
  const runs = new Map<string, HostRun>(
    inventory.hosts.map((host) => [host.name, createHostRun(host, journal.state.hosts.get(host.name)?.changing)]),
  );
  return {
    ...{ playbook, args, options, inventory, paths, modules, journal, clock, signal, halt, fleetProbe },
    hostVariables: createHostVariables(runs, { playbook, args }),
    groups: Object.fromEntries(inventory.groups.map((group) => [group, namesIn(group)])),
    targetVariables: targetVariables(inventory),
    hosts: {
      runs,
      runningJobs: createRunningJobs(),
      absent,
      ...{
        link: links.link,
        inventoryLink: links.inventoryLink,
        setLogins: links.setLogins,
        userLink: links.userLink,
        renewLater: links.renewLater,
      },
      openJobs: deps.openJobs ?? openHostJobs,
      listJobs: deps.listJobs ?? listHostJobs,
    },
    pools: { tasks: new PQueue({ concurrency: options.forks }), disruptions: new PQueue({ concurrency: 1 }) },
    plannedItems: new Set(),
    durations: deps.durations ?? NO_DURATIONS,
    facts: { cache: deps.factCache, uses: { probed: new Map(), local: new Map() } },
    confirmTask: deps.confirmTask,
    ask: deps.ask,
  };
}
