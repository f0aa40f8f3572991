import { SwarmError } from '../../core/error/swarm-error.ts';
import type { HostName } from '../../core/inventory/host-name.ts';
import type { Target } from '../../core/inventory/target.ts';
import type { Probe } from '../../core/module.ts';
import { packageName } from '../../gentoo/atom/cpv.ts';
import { readEntry } from '../../gentoo/binhost/index-entry.ts';
import { parseIndex } from '../../gentoo/binhost/packages-index.ts';
import { explainEmergeFailure } from '../../gentoo/build-log/emerge-failure.ts';
import type { BuildPlan } from '../../gentoo/plan/build-plan.ts';
import { type BumpedConsumer, findBumpedConsumers, findMovedConsumers, findPassedOver } from '../../gentoo/plan/bumped-consumers.ts';
import { type DependencyGraph, parseGraph } from '../../gentoo/plan/dependency-graph.ts';
import { selectNamed } from '../../gentoo/plan/select-packages.ts';
import { readDroneIndex } from '../binhost-access.ts';
import { selectBuildable } from '../client/buildable-atoms.ts';
import type { ClientWish } from '../client/client-wishes.ts';
import { reachHost } from '../reach-host.ts';
import { examineDrones } from '../target/examine-drones.ts';
import { digestBasis } from '../target/fitting-drones.ts';
import { readTargetFolder } from '../target/target-folder.ts';
import { planWithoutExcluded } from './exclude-items.ts';
import { hintFolder } from './hint-folder.ts';
import { hintNewNames } from './moved-packages.ts';
import { makePlanCommand, type PlanRequest } from './plan-command.ts';
import { planWithConsumers, type RefusedConsumer } from './plan-consumers.ts';
import { showItem } from './plan-item.ts';
import { reportHeld } from './report-held.ts';

/** What is asked of the drones of a target. `drones`: those that may be used; none: all. */
export interface PlanQuestion {
  readonly atoms: readonly string[];
  readonly options: readonly string[];
  readonly drones: readonly string[];
  /** Those of the atoms that a person typed, and that the plan must have. */
  readonly requested: readonly string[];
  /** Names of packages that are not built. */
  readonly exclude: readonly string[];
  /** What clients want beside the atoms, as far as the target can build it. */
  readonly wishes?: readonly ClientWish[];
}

/** A published package that was built against an older sub-slot, and cannot be built again. */
export interface OutdatedPackage {
  readonly target: string;
  readonly cpv: string;
  readonly because: string;
  /** What the resolver said of it. */
  readonly why: string | undefined;
}

const NOTHING_TO_BUILD = { items: [], published: [], unpublishable: [], outdated: [], excluded: [], ignored: [], portage: null };

/** The plan of one target, made by the first of its drones that can. Throws SW6020 where no drone fits, and what the resolver says. */
export async function planTarget(probe: Probe, target: Target, question: PlanQuestion) {
  try {
    return await makeTargetPlan(probe, target, question);
  } catch (thrown) {
    throw hintFolder(thrown, target, probe.paths.project);
  }
}

async function makeTargetPlan(probe: Probe, target: Target, question: PlanQuestion) {
  const config = await readTargetFolder(target);
  const { fitting, unfit, basis } = await examineDrones(probe, target, { config, among: question.drones });
  const binhost = await readDroneIndex(probe, target.binhost);
  const { text } = binhost;
  const [drone] = fitting;
  const wished = drone === undefined ? [] : await selectBuildable(probe, question.wishes ?? [], { drone, config, root: target.root });
  const atoms = [...new Set([...question.atoms, ...wished])];
  const drones = { unfit, fitting, basis: { name: target.name, drones: [...fitting], basis } };
  if (atoms.length === 0)
    return { ...NOTHING_TO_BUILD, ...drones, ...reportHeld(probe, target, { binhost, ignored: [], wanted: [], moves: [] }) };
  const entries = text === undefined ? [] : parseIndex(text).packages.map(readEntry);
  const planners = new Set<HostName>();
  const ask = (wanted: readonly string[]) =>
    askPlanners(probe, { ...question, target: target.name, atoms: wanted, index: text, config, root: target.root }, fitting, (name) =>
      planners.add(name),
    );
  const { graph, refused } = await planWithConsumers(ask, atoms, entries);
  if (atoms.includes('@world'))
    probe.emit({ type: 'run.note', text: `@world of target ${target.name} is that of ${[...planners].join(', ')}, which planned it` });
  const { plan, excluded, whole } = withNewNames(atoms, graph, () =>
    planWithoutExcluded({ ...graph, named: selectNamed(graph, question.requested) }, entries, question),
  );
  const consumers = [...findBumpedConsumers(entries, graph.packages), ...findMovedConsumers(entries, graph.moves)];
  const outdated = listOutdated(whole, consumers);
  const ignored = [...outdated.map(({ cpv }) => cpv), ...findPassedOver(entries, graph.packages)];
  const prefix = probe.paths.targets.length === 1 ? '' : `${target.name}:`;
  const toId = (cpv: string): string => `${prefix}${cpv}`;
  return {
    items: plan.items.map(({ useText, ...item }) => ({
      ...item,
      ...{
        id: toId(item.cpv),
        target: target.name,
        drones: fitting,
        config: config?.hash ?? null,
        basis: digestBasis(basis),
        toolchain: basis.toolchain,
        needs: item.needs.map(toId),
        ignored,
      },
      shown: showItem({ ...item, useText, target: target.name }),
    })),
    published: listBinaries(graph).map((one) => ({ target: target.name, ...one })),
    unpublishable: plan.unpublishable.map((one) => ({ target: target.name, ...one })),
    outdated: outdated.map(({ cpv, because }) => ({ target: target.name, cpv, because, why: explainRefusal(cpv, refused) })),
    excluded: excluded.map((one) => ({ target: target.name, ...one })),
    ...reportHeld(probe, target, { binhost, ignored, wanted: plan.wanted, moves: graph.moves }),
    ignored,
    portage: graph.portage,
    ...drones,
  };
}

/** Asks the drones in order until one can plan. A fault of the plan itself is the same on each, so it ends the search. */
async function askPlanners(
  probe: Probe,
  request: PlanRequest & { readonly target: string },
  drones: readonly HostName[],
  onPlanner: (name: HostName) => void,
): Promise<DependencyGraph> {
  const command = await makePlanCommand(request);
  let last: unknown;
  for (const name of drones) {
    probe.emit({ type: 'task.progress', phase: 'plan', subject: `${request.target} on ${name}` });
    try {
      const { stdout, stderr } = await (await reachHost(probe, name)).query(command);
      if (stdout.trim() !== '') {
        const graph = parseGraph(stdout);
        onPlanner(name);
        return graph;
      }
      const reason = /^>>> swarm: (.+)$/m.exec(stderr)?.[1] ?? "python3 with Portage's modules is needed";
      throw new SwarmError('SW6011', `${name} cannot plan: ${reason}`, { detail: stderr.trimEnd() });
    } catch (thrown) {
      if (!(thrown instanceof SwarmError) || probe.signal.aborted) throw thrown;
      const line = thrown.message.startsWith(`${name} cannot plan`) ? thrown.message : `${name} cannot plan: ${thrown.message}`;
      probe.emit({ type: 'task.output', stream: 'stderr', lines: [line] });
      last = thrown;
    }
  }
  throw last;
}

function withNewNames<T>(atoms: readonly string[], { moves }: DependencyGraph, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw hintNewNames(thrown, atoms, moves);
  }
}

const listBinaries = (graph: DependencyGraph) =>
  graph.packages
    .filter(({ type, operation }) => type === 'binary' && operation === 'merge')
    .map(({ cpv, slot, repo, use, build_id }) => ({ cpv, slot, repo, use, buildId: build_id }));

/** Consumers of a bumped sub-slot that this plan does not build again. */
function listOutdated({ items }: BuildPlan, consumers: readonly BumpedConsumer[]): readonly BumpedConsumer[] {
  const built = new Set(items.map(({ cpv, slot }) => `${packageName(cpv)}:${slot}`));
  return consumers.filter(({ atom }) => !built.has(atom));
}

function explainRefusal(cpv: string, refused: readonly RefusedConsumer[]): string | undefined {
  const answer = refused.find(({ consumer }) => consumer.cpv === cpv)?.messages;
  return answer === undefined ? undefined : explainEmergeFailure(1, answer.split('\n'), '').message;
}
