import type { ErrorJson } from '../../core/error/swarm-error.ts';
import type { PlannedEnd } from '../../core/event.ts';
import { runErrors, runExitCode } from '../../core/exit/run-errors.ts';
import type { Json } from '../../core/json-value.ts';
import type { ClientPackages } from '../../core/module.ts';
import type { HostState, ItemState, RunState } from '../../core/run-state.ts';

/** A JSON object. */
export type JsonDocument = { readonly [key: string]: Json };

/** The document of a run, with its hosts by name. */
type RunDocument = JsonDocument & { readonly hosts: Readonly<Record<string, JsonDocument>> };

/** The document of `-o json`, as the contract describes it. */
export function runDocument(state: RunState): RunDocument {
  const unfit = listUnfit(state);
  const { waitingHandlers = [] } = state;
  return {
    run: state.run,
    playbook: state.playbook,
    status: state.status,
    exit: state.exit ?? runExitCode(state),
    hosts: Object.fromEntries(state.hosts.entries().map(([name, host]) => [name, hostDocument(host, state.check)])),
    items: state.items.values().map(itemDocument),
    published: state.published.map(({ cpv, path, size, sha256, host }) => ({ cpv, path, size, sha256, host })),
    ...(state.held === undefined ? {} : { held: state.held.map((one) => ({ ...one })) }),
    ...(state.clients === undefined ? {} : { clients: Object.entries(state.clients).map(clientDocument) }),
    ...(state.trees === undefined ? {} : { trees: state.trees.map(treeDocument) }),
    ...(unfit.length === 0 ? {} : { unfit }),
    ...(state.healing === undefined ? {} : { healing: state.healing.map((one) => ({ ...one })) }),
    ...(state.paused === undefined ? {} : { paused: { ...state.paused } }),
    ...(state.check || waitingHandlers.length === 0
      ? {}
      : { handlers: waitingHandlers.map(({ host, name }) => ({ host, name, status: 'waiting' })) }),
    ...(state.check && state.plannedEnd !== undefined ? { plan: planDocument(state, state.plannedEnd, unfit) } : {}),
    errors: runErrors(state).map(errorDocument),
  };
}

/** The plan of a check: what the playbook shows of each item, with host and times; and the drones that get nothing of a target. */
function planDocument({ items }: RunState, end: PlannedEnd, unfit: readonly JsonDocument[]): JsonDocument {
  return {
    items: items
      .values()
      .sort((one, other) => (one.planned?.order ?? Number.MAX_SAFE_INTEGER) - (other.planned?.order ?? Number.MAX_SAFE_INTEGER))
      .map(({ id, shown, needs, planned, estimate }) => ({
        ...{ id, ...shown, needs },
        ...{ host: planned?.host ?? null, estimate: estimate ?? null },
        ...{ start: planned?.start ?? null, seconds: planned?.seconds ?? null, critical: planned?.critical ?? false },
      })),
    end: { ...end },
    unfit,
  };
}

/** The drones that get nothing of a target. */
function listUnfit({ targets = {} }: RunState): readonly JsonDocument[] {
  return Object.entries(targets).flatMap(([target, { unfit }]) =>
    unfit.map(({ drone, because, fix }) => ({ name: drone, status: 'unfit', target, because, fix })),
  );
}

/** What a client of an update gets and does not get. `status`: behind where it wants more than it gets. */
function clientDocument([name, { target, updates, missing }]: readonly [string, ClientPackages]): JsonDocument {
  const status = missing.length > 0 ? 'behind' : 'current';
  return { name, status, target, updates: updates.map((one) => ({ ...one })), missing: missing.map((one) => ({ ...one })) };
}

/** What a host has of a pushed tree. `status`: none where swarm did not make what is there. */
function treeDocument({
  host,
  tree,
  version,
  kept = [],
  source,
  send,
  remove,
  changedThere,
  addedThere = [],
}: NonNullable<RunState['trees']>[number]): JsonDocument {
  const differs = send.length + remove.length > 0;
  return {
    ...{ name: tree, host, status: version === undefined ? 'none' : changedThere.length > 0 ? 'changed' : differs ? 'behind' : 'current' },
    ...{ version: version === undefined ? null : { ...version }, kept: kept.map((each) => ({ ...each })), source: { ...source } },
    ...{ send: [...send], remove: [...remove], changed_there: [...changedThere], added_there: [...addedThere] },
  };
}

/** `unknown` only of a dry run: no other has it. */
function hostDocument({ tally, route }: HostState, check: boolean): JsonDocument {
  const { ok, changed, skipped, failed, unreachable, refused } = tally;
  return { ok, changed, skipped, ...(check ? { unknown: tally.unknown ?? 0 } : {}), failed, unreachable, refused, route: route ?? null };
}

function itemDocument({ id, status, host, attempts, seconds }: ItemState): JsonDocument {
  return { id, status, host: host ?? null, attempts, seconds: seconds ?? null };
}

function errorDocument({ code, message, host, hint, at }: ErrorJson): JsonDocument {
  return {
    code,
    message,
    ...(host === undefined ? {} : { host }),
    ...(hint === undefined ? {} : { hint }),
    ...(at === undefined ? {} : { at: { ...at } }),
  };
}
