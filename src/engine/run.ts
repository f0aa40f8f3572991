import { setMaxListeners } from 'node:events';
import PQueue from 'p-queue';
import type { Connection } from '../core/connection.ts';
import { nearest, SwarmError } from '../core/error.ts';
import type { RunFact } from '../core/event.ts';
import type { Host, Inventory, Vars } from '../core/host.ts';
import type { JobId, Jobs } from '../core/job.ts';
import type { Place } from '../core/module.ts';
import type { Playbook } from '../core/playbook-model.ts';
import { exitOfRun, type RunState } from '../core/run-state.ts';
import type { ModuleSource } from '../language/playbook/read-playbook.ts';
import { jobsLeft, jobsOn } from '../remote/jobs/detached-jobs.ts';
import { type Clock, wallClock } from './clock.ts';
import type { Lookout } from './disruption/fleet-probe.ts';
import { type Link, linkTo } from './host/host-link.ts';
import { runningJobs } from './host/reconnecting-jobs.ts';
import { runPlay } from './play/run-play.ts';
import { choose } from './play/select-hosts.ts';
import type { Context, Member, RunOptions, RunRecord } from './run-context.ts';
import { exitOfInterrupt } from './task/outcome.ts';

export type { RunOptions } from './run-context.ts';

/** What a run needs of the world. */
export interface RunDeps {
  readonly inventory: Inventory;
  connect(host: Host, signal: AbortSignal): Promise<Connection>;
  readonly lookout: Lookout;
  readonly modules: ModuleSource;
  /** A journal that has events already is a run that goes on: what it published is done, what ran is attached. */
  readonly journal: RunRecord;
  readonly place: Place;
  estimate?(item: string): number | undefined;
  /** Aborted with 'SIGTERM' or anything else: nothing new is started, detached jobs go on. */
  readonly signal: AbortSignal;
  readonly version?: string;
  readonly clock?: Clock;
  readonly jobsOn?: (connection: Connection, signal: AbortSignal) => Jobs;
  readonly jobsLeft?: (connection: Connection, signal: AbortSignal) => Promise<readonly JobId[]>;
}

/**
 * Runs a playbook and returns what it came to; every step is an event of the journal. Throws before the first event where
 * nothing can be run on (SW1203, SW1204, SW3005), and when the journal cannot be written (SW5001, SW5003).
 */
export async function run(playbook: Playbook, args: Vars, options: RunOptions, deps: RunDeps): Promise<RunState> {
  const clock = deps.clock ?? wallClock;
  const { journal, inventory } = deps;
  knownHost(options.allowProtected, inventory);
  const choice = choose(playbook.plays, inventory, options.limit, { ...playbook.vars, ...args }, clock.now());
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
    journal.emit({ type: 'run.note', text: `${name} is left out: blocked until ${block?.until} (${block?.reason})` });
  }
  const halted = new AbortController();
  const signal = AbortSignal.any([deps.signal, halted.signal]);
  setMaxListeners(0, signal, deps.signal); // each host listens
  const links = new Map<string, Link>();
  const halt = (error: unknown): void => halted.abort(error);
  const context = contextOf(playbook, args, options, deps, { clock, signal, halt, links });
  try {
    await journal.durable();
    await allPlays(context, choice.plays);
    if (halted.signal.aborted) throw halted.signal.reason;
    const interrupted = deps.signal.aborted;
    if (interrupted) tellJobs(context);
    halted.abort(); // what is left of a stuck module says nothing more
    const exit = interrupted ? exitOfInterrupt(deps.signal.reason) : exitOfRun(journal.state);
    const status = interrupted ? 'interrupted' : exit === 0 ? 'ok' : 'failed';
    journal.emit({ type: 'run.finished', status, exit, ms: Math.round(clock.now() - begin) });
    await journal.durable();
    return journal.state;
  } finally {
    halted.abort();
    await Promise.allSettled([...links.values()].map((link) => link.close()));
  }
}

/** A name that protects nobody is a typing error: SW1203. */
function knownHost(name: string | undefined, { hosts }: Inventory): void {
  if (name === undefined || hosts.some((host) => host.name === name)) return;
  const near = nearest(
    name,
    hosts.map((host) => host.name),
  );
  throw new SwarmError(
    'SW1203',
    `--allow-protected: no host is called ${name}`,
    near === undefined ? {} : { hint: `did you mean ${near}?` },
  );
}

async function allPlays(context: Context, plays: readonly (readonly Host[])[]): Promise<void> {
  const { playbook, journal, members, signal } = context;
  for (const [index, play] of playbook.plays.entries()) {
    if (signal.aborted) return;
    const hosts = (plays[index] ?? []).flatMap(({ name }) => members.get(name) ?? []).filter((member) => member.out === undefined);
    if (hosts.length === 0) {
      journal.emit({ type: 'run.note', text: `${play.name}: no host is left for this play` });
      continue;
    }
    const stop = await runPlay(context, play, hosts);
    if (stop === undefined) continue;
    journal.emit({ type: 'run.failed', error: stop.toJSON() });
    return;
  }
}

/** A link is lost whenever it likes: that must not be told after the run's last event, nor end the process when the disk is full. */
function tellLink(journal: RunRecord, fact: RunFact, signal: AbortSignal, halt: (error: unknown) => void): void {
  if (signal.aborted) return;
  try {
    journal.emit(fact);
  } catch (error) {
    halt(error);
  }
}

/** Jobs that outlive the run: they are named, so that nobody wonders what a host is busy with. */
function tellJobs({ running, journal }: Context): void {
  for (const { host, job } of running.all()) {
    journal.emit({ type: 'run.note', text: `job ${job} goes on on ${host}; swarm runs resume ${journal.run} attaches to it` });
  }
}

interface Machinery extends Pick<Context, 'clock' | 'signal' | 'halt'> {
  readonly links: Map<string, Link>;
}

function contextOf(playbook: Playbook, args: Vars, options: RunOptions, deps: RunDeps, machinery: Machinery): Context {
  const { inventory, place, modules, journal } = deps;
  const { clock, signal, halt, links } = machinery;
  const dialling = new PQueue({ concurrency: options.forks });
  const byName = new Map<string, Host>(inventory.hosts.map((host) => [host.name, host]));
  const link = (name: string): Link | undefined => {
    const host = byName.get(name);
    const known = links.get(name);
    if (host === undefined || known !== undefined) return known;
    const made = linkTo(host, {
      connect: (to, stop) => deps.connect(to, stop),
      emit: (fact) => tellLink(journal, fact, signal, halt),
      clock,
      signal,
      dialling,
    });
    links.set(name, made);
    return made;
  };
  const members = new Map<string, Member>(
    inventory.hosts.map((host) => [host.name, { host, registers: new Map(), facts: {}, out: undefined }]),
  );
  const named = (group: string): readonly string[] =>
    inventory.hosts.filter((host) => host.groups.includes(group)).map((host) => host.name);
  return {
    groups: Object.fromEntries(inventory.groups.map((group) => [group, named(group)])),
    ...{ playbook, args, options, inventory, place, modules, journal, clock, signal, halt, members, link },
    pool: new PQueue({ concurrency: options.forks }),
    danger: new PQueue({ concurrency: 1 }),
    lookout: deps.lookout,
    running: runningJobs(),
    jobsOn: deps.jobsOn ?? jobsOn,
    jobsLeft: deps.jobsLeft ?? jobsLeft,
    estimate: (item) => deps.estimate?.(item),
  };
}
