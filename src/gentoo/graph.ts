import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SwarmError } from '../core/error.ts';
import { packageRoot } from '../core/root.ts';
import { explainFailure } from './emerge-failure.ts';

const dependencyKind = z.enum(['BDEPEND', 'DEPEND', 'RDEPEND', 'IDEPEND', 'PDEPEND']);
type DependencyKind = z.infer<typeof dependencyKind>;

const graphPackage = z.object({
  /** `ebuild:dev-libs/boost-1.88.0:0::gentoo`; a binary's ends in #BUILD_ID. */
  id: z.string(),
  cpv: z.string(),
  cp: z.string(),
  version: z.string(),
  slot: z.string(),
  sub_slot: z.string(),
  repo: z.string(),
  root: z.string(),
  type: z.enum(['ebuild', 'binary', 'installed']),
  operation: z.enum(['merge', 'nomerge', 'uninstall']),
  /** Its place in emerge's own order; null for what is not merged, and for all where there is no order. */
  order: z.number().int().nullable(),
  remote: z.boolean(),
  build_id: z.number().int().nullable(),
  build_time: z.number().int().nullable(),
  use: z.array(z.string()),
  iuse: z.array(z.string()),
  restrict: z.array(z.string()),
  properties: z.array(z.string()),
  bdepend_edges: z.array(z.string()),
  rdepend_edges: z.array(z.string()),
  edge_kinds: z.record(z.string(), z.array(dependencyKind)),
});

const graph = z.object({
  /** Exit status of emerge. */
  status: z.number().int(),
  success: z.boolean(),
  portage: z.string().nullable(),
  arguments: z.array(z.string()),
  packages: z.array(graphPackage),
  blockers: z.array(z.string()),
  /** What emerge printed. */
  messages: z.string(),
  error: z.string().optional(),
});

export type GraphPackage = z.infer<typeof graphPackage>;
/** What plan.py prints: the dependency graph as emerge itself has computed it. */
export type Graph = z.infer<typeof graph>;

/** One package to build; its id in the queue is its cpv. */
export interface PlanItem {
  readonly cpv: string;
  readonly slot: string;
  readonly repo: string;
  /** The flags that are on, among those that it has. */
  readonly use: readonly string[];
  readonly restrict: readonly string[];
  /** Cpvs of other items that must be published before this one can start. */
  readonly needs: readonly string[];
}

/** The text of plan.py: `python3 - ARGS < plan.py` on a host with Portage. */
export async function planScript(): Promise<string> {
  return await readFile(join(packageRoot(), 'src/gentoo/plan.py'), 'utf8');
}

/** Reads what plan.py printed. Throws SW6011 where it printed something else: no Portage there, or one that it does not know. */
export function parseGraph(text: string): Graph {
  const parsed = graph.safeParse(tryJson(text));
  if (parsed.success && parsed.data.portage !== null) return parsed.data;
  const why = parsed.success
    ? parsed.data.error
    : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n');
  throw new SwarmError('SW6011', "Portage's dependency graph is not to be had on this host", {
    hint: 'planning needs Portage 3.0.30 or newer, and the python3 that it is installed for',
    detail: [why, text.slice(0, 2000)].filter((part) => part).join('\n'),
  });
}

/** What must be built, in emerge's own order. A package waits for what its build needs (BDEPEND, DEPEND, and what those need to run),
 *  not for its own RDEPEND or PDEPEND. Binary and installed packages are no items. Throws what emerge's refusal amounts to: SW6004
 *  to SW6007, and SW6007 for a cycle. */
export function buildItems(solved: Graph): readonly PlanItem[] {
  if (!solved.success) throw unsolved(solved);
  const byId = new Map(solved.packages.map((one) => [one.id, one]));
  const items = solved.packages.filter((one) => one.type === 'ebuild' && one.operation === 'merge').sort(byOrder);
  const unordered = items.find((one) => one.order === null);
  if (unordered)
    throw new SwarmError('SW6007', `emerge found no order in which ${unordered.cpv} could be built`, { detail: solved.messages });
  const seen = new Set<string>();
  return items
    .filter(({ cpv }) => !seen.has(cpv) && seen.add(cpv))
    .map((item) => ({
      cpv: item.cpv,
      slot: item.slot,
      repo: item.repo,
      use: item.use,
      restrict: item.restrict,
      needs: needsOf(item, byId),
    }));
}

function needsOf(item: GraphPackage, byId: ReadonlyMap<string, GraphPackage>): readonly string[] {
  const reached = new Set<GraphPackage>();
  const queue = neighbours(item, ['BDEPEND', 'DEPEND'], byId);
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    queue.push(...neighbours(next, ['RDEPEND', 'IDEPEND'], byId));
  }
  // emerge breaks circles of run-time dependencies by its order: what it merges later is no condition.
  const needed = [...reached].filter((one) => one.type === 'ebuild' && one.operation === 'merge' && byOrder(one, item) < 0);
  return [...new Set(needed.sort(byOrder).map((one) => one.cpv))].filter((cpv) => cpv !== item.cpv);
}

function neighbours(one: GraphPackage, kinds: readonly DependencyKind[], byId: ReadonlyMap<string, GraphPackage>): GraphPackage[] {
  return Object.entries(one.edge_kinds).flatMap(([id, found]) => {
    const neighbour = byId.get(id);
    return neighbour && found.some((kind) => kinds.includes(kind)) ? [neighbour] : [];
  });
}

function byOrder(a: GraphPackage, b: GraphPackage): number {
  return (a.order ?? Number.MAX_SAFE_INTEGER) - (b.order ?? Number.MAX_SAFE_INTEGER);
}

function unsolved(failed: Graph): SwarmError {
  const why = explainFailure(failed.status === 0 ? 1 : failed.status, failed.messages.split('\n'), failed.error ?? '');
  return new SwarmError(why.code, why.message, { hint: why.hint, detail: why.detail });
}

function tryJson(text: string): unknown {
  try {
    // A start-up file of the host may print a line before.
    return JSON.parse(text.slice(Math.max(0, text.indexOf('{"')))) as unknown;
  } catch {
    return undefined;
  }
}
