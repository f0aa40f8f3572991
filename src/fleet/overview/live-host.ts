import type { Connection } from '../../core/connection.ts';
import { toErrorJson } from '../../core/error/convert-error.ts';
import { type ErrorJson, SwarmError } from '../../core/error/swarm-error.ts';
import { errorKind } from '../../core/error-codes.ts';
import type { Host } from '../../core/inventory/host.ts';
import { formatRoute } from '../../core/inventory/route.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { readRunState } from '../../journal/read-journal.ts';
import { listRuns, mayStillRun } from '../../journal/runs/run-list.ts';
import { connect } from '../../remote/connect/connect.ts';
import { makeConnectOptions } from '../connection/connectors.ts';
import type { Project } from '../project/project.ts';

/** What a host says of itself just now. `silent`: it gave no answer in time. `unreachable`: no route leads to it.
 *  `refused`: it is not used, and why. */
export interface LiveHost {
  readonly status: 'proven' | 'silent' | 'unreachable' | 'refused';
  readonly route?: string;
  /** Until it was proven. */
  readonly ms?: number;
  /** Over 1, 5 and 15 minutes. */
  readonly load?: readonly number[];
  /** Bytes. */
  readonly memory?: { readonly free: number; readonly total: number };
  /** The items of runs that go on, which the host works on. */
  readonly builds: readonly LiveBuild[];
  readonly error?: ErrorJson;
}

/** An item that a host works on. */
export interface LiveBuild {
  readonly run: string;
  readonly item: string;
  /** ISO time. */
  readonly since: string | null;
}

type Answer = Omit<LiveHost, 'builds'>;

const PROGRAM = 'src/fleet/overview/host-load.sh';

/** Asks all hosts at the same time, each for `limitMs` at most. */
export async function askHosts(
  project: Project,
  hosts: readonly Host[],
  limitMs: number,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, LiveHost>> {
  const connectOptions = { ...makeConnectOptions(project), routeTimeoutMs: limitMs };
  const builds = findBuilds(project);
  const ask = (host: Host): Promise<Answer> => askHost((stop) => connect(host, connectOptions, stop), host, limitMs, signal);
  const answers = await Promise.all(hosts.map(async (host) => [host.name, await ask(host)] as const));
  return new Map(answers.map(([name, answer]) => [name, { ...answer, builds: builds.get(name) ?? [] }]));
}

/** Proves the host and reads its load. Never throws but for an interrupt: a host that gives no answer is part of the answer. */
export async function askHost(
  open: (signal: AbortSignal) => Promise<Connection>,
  host: Pick<Host, 'name'>,
  limitMs: number,
  signal: AbortSignal,
): Promise<Answer> {
  const late = new SwarmError('SW2001', `no answer within ${limitMs / 1000} s`, {
    host: host.name,
    hint: `To see what answers on each route, run: swarm hosts verify ${host.name}`,
  });
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(late), limitMs);
  const stop = AbortSignal.any([signal, limit.signal]);
  const begin = performance.now();
  try {
    await using connection = await open(stop);
    const ms = Math.round(performance.now() - begin);
    const { stdout } = await connection.exec({ argv: ['sh', '-c', readProgram(PROGRAM)], timeoutMs: limitMs }, stop);
    return { status: 'proven', route: formatRoute(connection.route), ms, ...parseLoad(stdout) };
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    const tooLate = limit.signal.aborted || performance.now() - begin >= limitMs; // a route gives up at the same time
    const error = toErrorJson(limit.signal.aborted ? late : thrown);
    if (errorKind(error.code).outcome === 'refused') return { status: 'refused', error };
    return { status: tooLate ? 'silent' : 'unreachable', error };
  } finally {
    clearTimeout(timer);
  }
}

/** What the program printed. What a host does not say is left out. */
export function parseLoad(text: string): Pick<LiveHost, 'load' | 'memory'> {
  const rows = new Map(
    text.split('\n').map((line) => {
      const [key = '', ...values] = line.split('\t');
      return [key, values.map(Number)] as const;
    }),
  );
  const load = rows.get('load') ?? [];
  const [total = Number.NaN] = rows.get('total') ?? [];
  const [free = Number.NaN] = rows.get('free') ?? [];
  return {
    ...(load.length === 3 && load.every(Number.isFinite) ? { load } : {}),
    ...(Number.isFinite(total) && Number.isFinite(free) ? { memory: { free: free * 1024, total: total * 1024 } } : {}),
  };
}

/** By host, the items that runs which go on have in hand there. */
export function findBuilds({ runsDir }: Pick<Project, 'runsDir'>): ReadonlyMap<string, readonly LiveBuild[]> {
  const builds = new Map<string, LiveBuild[]>();
  for (const { run, file } of listRuns(runsDir).filter(mayStillRun)) {
    for (const { id, status, host, startedAt } of readRunState(file).items.values()) {
      if (status !== 'running' || host === undefined) continue;
      builds.set(host, [...(builds.get(host) ?? []), { run, item: id, since: startedAt ?? null }]);
    }
  }
  return builds;
}
