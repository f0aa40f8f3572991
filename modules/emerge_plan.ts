import { readDroneIndex } from '../src/builds/binhost-access.ts';
import { makePlanCommand } from '../src/builds/plan-command.ts';
import { planWithConsumers, type RefusedConsumer } from '../src/builds/plan-consumers.ts';
import { findTarget, planItemSchema } from '../src/builds/plan-item.ts';
import { examineDrones } from '../src/builds/target/examine-drones.ts';
import { readPackageLists } from '../src/builds/target/package-lists.ts';
import { readTargetFolder, type TargetConfig } from '../src/builds/target/target-folder.ts';
import { parseAtom } from '../src/gentoo/atom/atom.ts';
import { parseCpv } from '../src/gentoo/atom/cpv.ts';
import { readEntry } from '../src/gentoo/binhost/index-entry.ts';
import { listPublished, parseIndex } from '../src/gentoo/binhost/packages-index.ts';
import { explainEmergeFailure } from '../src/gentoo/build-log/emerge-failure.ts';
import { type BuildPlan, makeBuildPlan, type PlanItem, type Unpublishable } from '../src/gentoo/plan/build-plan.ts';
import { type BumpedConsumer, findBumpedConsumers, findPassedOver } from '../src/gentoo/plan/bumped-consumers.ts';
import { type DependencyGraph, parseGraph } from '../src/gentoo/plan/dependency-graph.ts';
import { defineModule, type HostName, type Probe, SwarmError, type Target, z } from '../src/index.ts';

const publishedPackageSchema = z.strictObject({
  target: z.string(),
  cpv: z.string(),
  slot: z.string(),
  repo: z.string(),
  use: z.array(z.string()),
  buildId: z.int().nullish(),
});
const unpublishableSchema = z.strictObject({ target: z.string(), cpv: z.string(), reason: z.enum(['bindist', 'no ebuild']) });
const outdatedSchema = z.strictObject({ target: z.string(), cpv: z.string(), because: z.string() });
const unfitSchema = z.strictObject({ host: z.string(), target: z.string(), because: z.string(), fix: z.string() });

export default defineModule({
  summary: 'List the packages to build for each target, in order, so that its clients can install these atoms',
  args: z.strictObject({
    atoms: z.array(z.string()).default([]).describe('Package atoms or sets: "{{ packages }}". None: the package lists of each target'),
    targets: z.array(z.string()).default([]).describe('Names of targets. None: all'),
    drones: z.array(z.string()).default([]).describe('Hosts that may be used: "{{ hosts }}". None: those of each target'),
    deep: z.boolean().default(false).describe('Build everything, also the system set and what only building needs'),
    options: z
      .array(z.string().regex(/^--?[A-Za-z]/, 'must be an option of emerge'))
      .default([])
      .describe('More options for emerge, such as --newuse'),
  }),
  returns: z.strictObject({
    packages: z.array(planItemSchema).readonly().describe('The packages to build, in order: the items of a queue'),
    published: z.array(publishedPackageSchema).describe('What the binhosts have already'),
    unpublishable: z.array(unpublishableSchema).describe('What clients must build themselves, with the reason'),
    outdated: z.array(outdatedSchema).describe('What the binhosts have, is built against a sub-slot of before, and cannot be built again'),
    unfit: z.array(unfitSchema).readonly().describe('Drones that get nothing of a target, with the reason'),
    portage: z.string().nullable().describe("Version of the planning host's Portage"),
  }),
  freeForm: 'atoms',
  example: `emerge_plan:
  atoms: [www-client/firefox, "=net-misc/curl-8.15.0", "@preserved-rebuild"]
`,
  // planning changes nothing, in check mode or not
  async *run(probe, { atoms, targets, drones, deep, options }) {
    checkAtomList(atoms);
    const wanted = targets.length === 0 ? probe.paths.targets : targets.map((name) => findTarget(probe, name));
    const plans = [];
    for (const target of wanted) {
      const list = atoms.length > 0 ? atoms : await readPackageLists(probe.paths.project, target);
      const emergeOptions = ['--usepkg', '--getbinpkg', ...(deep ? ['--emptytree'] : []), ...options];
      plans.push(await planTarget(probe, target, { atoms: list, options: emergeOptions, drones }));
    }
    return {
      packages: plans.flatMap(({ items }) => items),
      published: plans.flatMap(({ published }) => published),
      unpublishable: plans.flatMap(({ unpublishable }) => unpublishable),
      outdated: plans.flatMap(({ outdated }) => outdated),
      unfit: plans.flatMap(({ unfit }) => unfit),
      portage: plans[0]?.portage ?? null,
    };
  },
});

interface PlanQuestion {
  readonly atoms: readonly string[];
  readonly options: readonly string[];
  readonly drones: readonly string[];
}

async function planTarget(probe: Probe, target: Target, question: PlanQuestion) {
  const config = await readTargetFolder(target);
  const { fitting, unfit } = await examineDrones(probe, target, { config, among: question.drones });
  probe.emit({
    type: 'task.output',
    stream: 'stdout',
    lines: unfit.map(({ host, because, fix }) => `${host} does not fit ${target.name}: ${because}. ${fix}`),
  });
  const { text: index, held } = await readDroneIndex(probe, target.binhost);
  const published = index === undefined ? undefined : parseIndex(index);
  const entries = published?.packages.map(readEntry) ?? [];
  const ask = (atoms: readonly string[]) => askPlanners(probe, { ...question, atoms, index, config }, fitting);
  const { graph, refused } = await planWithConsumers(ask, question.atoms, entries);
  const plan = makeBuildPlan(graph, published === undefined ? [] : listPublished(published));
  const outdated = listOutdated(plan, findBumpedConsumers(entries, graph.packages));
  probe.emit({
    type: 'task.output',
    stream: 'stdout',
    lines: [...plan.unpublishable.map(formatUnpublishable), ...outdated.map((one) => formatOutdated(one, refused))],
  });
  for (const { stanza, needs } of held) probe.emit({ type: 'package.held', cpv: stanza['CPV'] ?? '', path: stanza['PATH'] ?? '', needs });
  const ignored = [...outdated.map(({ cpv }) => cpv), ...findPassedOver(entries, graph.packages)];
  const prefix = probe.paths.targets.length === 1 ? '' : `${target.name}:`;
  const toId = (cpv: string): string => `${prefix}${cpv}`;
  return {
    items: plan.items.map((item: PlanItem) => ({
      ...item,
      ...{ id: toId(item.cpv), target: target.name, drones: fitting, needs: item.needs.map(toId), ignored },
    })),
    published: listBinaries(graph).map((one) => ({ target: target.name, ...one })),
    unpublishable: plan.unpublishable.map((one) => ({ target: target.name, ...one })),
    outdated: outdated.map(({ cpv, because }) => ({ target: target.name, cpv, because })),
    unfit,
    portage: graph.portage,
  };
}

/** Asks the drones in order until one can plan. A fault of the plan itself is the same on each, so it ends the search. */
async function askPlanners(
  probe: Probe,
  request: {
    readonly atoms: readonly string[];
    readonly options: readonly string[];
    readonly index: string | undefined;
    readonly config: TargetConfig | null;
  },
  drones: readonly HostName[],
): Promise<DependencyGraph> {
  const command = await makePlanCommand(request);
  let last: unknown;
  for (const name of drones) {
    try {
      const { stdout, stderr } = await (name === probe.host.name ? probe : await probe.onHost(name)).query(command);
      if (stdout.trim() !== '') return parseGraph(stdout);
      throw new SwarmError('SW6011', `${name} cannot plan: python3 with Portage's modules is needed`, { detail: stderr.trimEnd() });
    } catch (thrown) {
      if (!(thrown instanceof SwarmError) || probe.signal.aborted) throw thrown;
      probe.emit({ type: 'task.output', stream: 'stderr', lines: [`${name} cannot plan: ${thrown.message}`] });
      last = thrown;
    }
  }
  throw last;
}

const listBinaries = (graph: DependencyGraph) =>
  graph.packages
    .filter(({ type, operation }) => type === 'binary' && operation === 'merge')
    .map(({ cpv, slot, repo, use, build_id }) => ({ cpv, slot, repo, use, buildId: build_id }));

const formatUnpublishable = ({ cpv, reason }: Unpublishable): string =>
  reason === 'bindist'
    ? `${cpv} will not be on the binhost, although this needs it: RESTRICT=bindist. Clients must build it themselves.`
    : `${cpv} will not be on the binhost, although this needs it: it is installed on the host, but it has no ebuild that can be built.`;

/** Consumers of a bumped sub-slot that this plan does not build again. */
function listOutdated({ items }: BuildPlan, consumers: readonly BumpedConsumer[]): readonly BumpedConsumer[] {
  const built = new Set(items.map(({ cpv, slot }) => `${nameOf(cpv)}:${slot}`));
  return consumers.filter(({ atom }) => !built.has(atom));
}

function nameOf(cpv: string): string {
  const { category, name } = parseCpv(cpv);
  return `${category}/${name}`;
}

function formatOutdated({ cpv, because }: BumpedConsumer, refused: readonly RefusedConsumer[]): string {
  const answer = refused.find(({ consumer }) => consumer.cpv === cpv)?.messages;
  const why = answer === undefined ? '' : `: ${explainEmergeFailure(1, answer.split('\n'), '').message}`;
  return `${cpv} is held back (${because}): it cannot be built again${why}. Clients that have it keep what it was built against.`;
}

/** All bad ones at once, before anything runs. Throws SW1201. */
function checkAtomList(atoms: readonly string[]): void {
  const wrong: SwarmError[] = [];
  for (const atom of atoms) {
    try {
      parseAtom(atom);
    } catch (error) {
      if (!(error instanceof SwarmError)) throw error;
      wrong.push(error);
    }
  }
  const [first, ...more] = wrong;
  if (first === undefined) return;
  throw new SwarmError(first.code, first.message, { hint: first.hint, detail: more.map(({ message }) => message).join('\n') || undefined });
}
