import { setMaxListeners } from 'node:events';
import PQueue from 'p-queue';
import type { Connection } from '../core/connection.ts';
import type { RunEventData } from '../core/event.ts';
import type { Host, Inventory, Vars } from '../core/host.ts';
import type { JobId, Jobs } from '../core/job.ts';
import type { RunPaths } from '../core/module.ts';
import type { Playbook } from '../core/playbook-model.ts';
import { type RunState, runExitCode } from '../core/run-state.ts';
import { unknownNameError } from '../core/unknown-name.ts';
import type { ModuleSource } from '../language/playbook/read-playbook.ts';
import { listHostJobs, openHostJobs } from '../remote/jobs/detached-jobs.ts';
import { type Clock, wallClock } from './clock.ts';
import type { FleetProbe } from './disruption/fleet-probe.ts';
import { createHostLink, type HostLink } from './host/host-link.ts';
import { createRunningJobs } from './host/reconnecting-jobs.ts';
import { runPlay } from './play/run-play.ts';
import { selectHosts } from './play/select-hosts.ts';
import type { HostRun, RunContext, RunOptions, RunRecord } from './run-context.ts';
import { interruptExitCode } from './task/outcome.ts';

export type { RunOptions } from './run-context.ts';

/** What a run needs of the world. */
export interface RunDeps {
  readonly inventory: Inventory;
  connect(host: Host, signal: AbortSignal): Promise<Connection>;
  readonly fleetProbe: FleetProbe;
  readonly modules: ModuleSource;
  /** A journal that has events already is a run that goes on: what it published is done, what ran is attached. */
  readonly journal: RunRecord;
  readonly paths: RunPaths;
  estimate?(item: string): number | undefined;
  /** Aborted with 'SIGTERM' or anything else: nothing new is started, detached jobs go on. */
  readonly signal: AbortSignal;
  readonly version?: string;
  readonly clock?: Clock;
  readonly openJobs?: (connection: Connection, signal: AbortSignal) => Jobs;
  readonly listJobs?: (connection: Connection, signal: AbortSignal) => Promise<readonly JobId[]>;
}

/**
 * Runs a playbook and returns what it came to; every step is an event of the journal. Throws before the first event where
 * nothing can be run on (SW1203, SW1204, SW3005), and when the journal cannot be written (SW5001, SW5003).
 */
export async function runPlaybook(playbook: Playbook, args: Vars, options: RunOptions, deps: RunDeps): Promise<RunState> {
  const clock = deps.clock ?? wallClock;
  const { journal, inventory } = deps;
  assertKnownHost(options.allowProtected, inventory);
  const choice = selectHosts(playbook.plays, inventory, options.limit, { ...playbook.vars, ...args }, clock.now());
  const names = [...new Set(choice.plays.flat())].map(({ name }) => name);
  const begin = clock.now();
  const resumed = journal.state.startedAt !== undefined;
  journal.emit({
    type: 'run.started',
    playbook: playbook.name,
    file: playbook.file,
    args,
    hosts: names,
    check: options.check,
    diff: options.diff,
    pid: process.pid,
    version: deps.version ?? '',
    ...(resumed ? { resumed } : {}),
  });
  for (const { name, block } of choice.blocked) {
    journal.emit({ type: 'run.note', text: `${name} is skipped: it is blocked until ${block?.until} (${block?.reason})` });
  }
  const halted = new AbortController();
  const signal = AbortSignal.any([deps.signal, halted.signal]);
  setMaxListeners(0, signal, deps.signal); // each host listens
  const links = new Map<string, HostLink>();
  const halt = (error: unknown): void => halted.abort(error);
  const context = createRunContext(playbook, args, options, deps, { clock, signal, halt, links });
  try {
    await journal.flush();
    await runPlays(context, choice.plays);
    if (halted.signal.aborted) throw halted.signal.reason;
    const interrupted = deps.signal.aborted;
    if (interrupted) noteRunningJobs(context);
    halted.abort(); // what is left of a stuck module says nothing more
    const exit = interrupted ? interruptExitCode(deps.signal.reason) : runExitCode(journal.state);
    const status = interrupted ? 'interrupted' : exit === 0 ? 'ok' : 'failed';
    journal.emit({ type: 'run.finished', status, exit, ms: Math.round(clock.now() - begin) });
    await journal.flush();
    return journal.state;
  } finally {
    halted.abort();
    await Promise.allSettled([...links.values()].map((link) => link.close()));
  }
}

/** A name that protects nobody is a typing error: SW1203. */
function assertKnownHost(name: string | undefined, { hosts }: Inventory): void {
  if (name === undefined || hosts.some((host) => host.name === name)) return;
  throw unknownNameError(
    'host',
    name,
    hosts.map((host) => host.name),
    '--allow-protected takes the name of one host; swarm hosts list shows the names',
  );
}

async function runPlays(context: RunContext, plays: readonly (readonly Host[])[]): Promise<void> {
  const { playbook, journal, hostRuns, signal } = context;
  for (const [index, play] of playbook.plays.entries()) {
    if (signal.aborted) return;
    const hosts = (plays[index] ?? []).flatMap(({ name }) => hostRuns.get(name) ?? []).filter((hostRun) => hostRun.endedBy === undefined);
    if (hosts.length === 0) {
      journal.emit({ type: 'run.note', text: `${play.name}: no host can run this play` });
      continue;
    }
    const stop = await runPlay(context, play, hosts);
    if (stop === undefined) continue;
    journal.emit({ type: 'run.failed', error: stop.toJSON() });
    return;
  }
}

/** A link is lost whenever it likes: that must not be told after the run's last event, nor end the process when the disk is full. */
function emitLinkEvent(journal: RunRecord, fact: RunEventData, signal: AbortSignal, halt: (error: unknown) => void): void {
  if (signal.aborted) return;
  try {
    journal.emit(fact);
  } catch (error) {
    halt(error);
  }
}

/** Jobs that outlive the run: they are named, so that nobody wonders what a host is busy with. */
function noteRunningJobs({ runningJobs: running, journal }: RunContext): void {
  for (const { host, job } of running.all()) {
    journal.emit({ type: 'run.note', text: `job ${job} keeps running on ${host}; to attach to it, run: swarm runs resume ${journal.run}` });
  }
}

interface RunControls extends Pick<RunContext, 'clock' | 'signal' | 'halt'> {
  readonly links: Map<string, HostLink>;
}

function createRunContext(playbook: Playbook, args: Vars, options: RunOptions, deps: RunDeps, machinery: RunControls): RunContext {
  const { inventory, paths, modules, journal } = deps;
  const { clock, signal, halt, links } = machinery;
  const dialling = new PQueue({ concurrency: options.forks });
  const byName = new Map<string, Host>(inventory.hosts.map((host) => [host.name, host]));
  const link = (name: string): HostLink | undefined => {
    const host = byName.get(name);
    const known = links.get(name);
    if (host === undefined || known !== undefined) return known;
    const made = createHostLink(host, {
      connect: (to, stop) => deps.connect(to, stop),
      emit: (fact) => emitLinkEvent(journal, fact, signal, halt),
      clock,
      signal,
      connectPool: dialling,
    });
    links.set(name, made);
    return made;
  };
  const hostRuns = new Map<string, HostRun>(
    inventory.hosts.map((host) => [host.name, { host, registered: new Map(), facts: {}, endedBy: undefined }]),
  );
  const named = (group: string): readonly string[] =>
    inventory.hosts.filter((host) => host.groups.includes(group)).map((host) => host.name);
  return {
    groups: Object.fromEntries(inventory.groups.map((group) => [group, named(group)])),
    ...{ playbook, args, options, inventory, paths, modules, journal, clock, signal, halt, hostRuns, link },
    taskPool: new PQueue({ concurrency: options.forks }),
    disruptionQueue: new PQueue({ concurrency: 1 }),
    fleetProbe: deps.fleetProbe,
    runningJobs: createRunningJobs(),
    openJobs: deps.openJobs ?? openHostJobs,
    listJobs: deps.listJobs ?? listHostJobs,
    estimate: (item) => deps.estimate?.(item),
  };
}
