import { resolve } from 'node:path';
import { readPublishedIndex } from '../src/builds/binhost-access.ts';
import { type ExcludedItem, excludeItems, parseExclude } from '../src/builds/exclude-items.ts';
import { makePlanCommand } from '../src/builds/plan-command.ts';
import { findTarget, planItemSchema, showItem } from '../src/builds/plan-item.ts';
import { assertPlanHolds, publishedPackageSchema, readSavedPlan, unpublishableSchema, writeSavedPlan } from '../src/builds/saved-plan.ts';
import { examineDrones } from '../src/builds/target/examine-drones.ts';
import { readPackageLists } from '../src/builds/target/package-lists.ts';
import { readTargetFolder, type TargetConfig } from '../src/builds/target/target-folder.ts';
import { parseAtom } from '../src/gentoo/atom/atom.ts';
import { listPublished, parseIndex } from '../src/gentoo/binhost/packages-index.ts';
import { makeBuildPlan, type Unpublishable } from '../src/gentoo/plan/build-plan.ts';
import { type DependencyGraph, parseGraph } from '../src/gentoo/plan/dependency-graph.ts';
import { defineModule, type HostName, type Probe, SwarmError, type Target, z } from '../src/index.ts';

const unfitSchema = z.strictObject({ host: z.string(), target: z.string(), because: z.string(), fix: z.string() });
const excludedSchema = z.strictObject({ target: z.string(), cpv: z.string(), because: z.string() });

export default defineModule({
  summary: 'List the packages to build for each target, in order, so that its clients can install these atoms',
  args: z.strictObject({
    atoms: z.array(z.string()).default([]).describe('Package atoms or sets: "{{ packages }}". None: the package lists of each target'),
    targets: z.array(z.string()).default([]).describe('Names of targets. None: all'),
    drones: z.array(z.string()).default([]).describe('Hosts that may be used: "{{ hosts }}". None: those of each target'),
    deep: z.boolean().default(false).describe('Build everything, also the system set and what only building needs (--emptytree)'),
    update: z.boolean().default(false).describe('Plan the newest version also of what the system set has already (--update)'),
    newuse: z.boolean().default(false).describe('Plan also what the system set has with other flags (--newuse)'),
    exclude: z
      .array(z.string())
      .default([])
      .describe('Names of packages that are not built. What the binhost has of them is used; what needs another version is left out too'),
    options: z
      .array(z.string().regex(/^--?[A-Za-z]/, 'must be an option of emerge'))
      .default([])
      .describe('More options for emerge, such as --with-test-deps'),
    file: z.string().nullable().default(null).describe('File of a saved plan, which is used as it is'),
    save: z.boolean().default(false).describe('Make a new plan and write it to `file`'),
  }),
  returns: z.strictObject({
    packages: z.array(planItemSchema).readonly().describe('The packages to build, in order: the items of a queue'),
    published: z.array(publishedPackageSchema).describe('What the binhosts have already'),
    unpublishable: z.array(unpublishableSchema).describe('What clients must build themselves, with the reason'),
    excluded: z.array(excludedSchema).readonly().describe('What is not built because of `exclude`'),
    unfit: z.array(unfitSchema).readonly().describe('Drones that get nothing of a target, with the reason'),
    portage: z.string().nullable().describe("Version of the planning host's Portage"),
  }),
  freeForm: 'atoms',
  example: `emerge_plan:
  atoms: [www-client/firefox, "=net-misc/curl-8.15.0", "@preserved-rebuild"]
`,
  // planning changes nothing on a host, in check mode or not
  async *run(probe, { atoms, targets, drones, file, save, ...flags }) {
    if (file !== null && !save) return runSavedPlan(probe, resolve(file), { atoms, targets, drones });
    checkAtoms(atoms, parseAtom);
    checkAtoms(flags.exclude, parseExclude);
    const wanted = targets.length === 0 ? probe.paths.targets : targets.map((name) => findTarget(probe, name));
    const plans: TargetPlan[] = [];
    for (const target of wanted) {
      const list = atoms.length > 0 ? atoms : await readPackageLists(probe.paths.project, target);
      plans.push(await planTarget(probe, target, { atoms: list, options: emergeOptions(flags), exclude: flags.exclude, drones }));
    }
    const plan = {
      packages: plans.flatMap(({ items }) => items),
      published: plans.flatMap(({ published }) => published),
      unpublishable: plans.flatMap(({ unpublishable }) => unpublishable),
      portage: plans[0]?.portage ?? null,
    };
    if (file !== null) writeSavedPlan(resolve(file), { targets: plans.map(({ basis }) => basis), ...plan }, new Date());
    return { ...plan, excluded: plans.flatMap(({ excluded }) => excluded), unfit: plans.flatMap(({ unfit }) => unfit) };
  },
});

/** The packages of a saved plan, when the drones and what they build with are as they were. */
async function runSavedPlan(
  probe: Probe,
  file: string,
  given: { readonly atoms: readonly string[]; readonly targets: readonly string[]; readonly drones: readonly string[] },
) {
  if (given.atoms.length + given.targets.length > 0)
    throw new SwarmError('SW1205', 'a saved plan takes no packages and no target', {
      hint: `Run it as it is: swarm run build --plan ${file}. Or make a new one: add --check`,
    });
  const saved = await readSavedPlan(file);
  const examined = [];
  const unfit = [];
  for (const { name } of saved.targets) {
    const target = findTarget(probe, name);
    const found = await examineDrones(probe, target, { config: await readTargetFolder(target), among: given.drones });
    examined.push({ name, drones: found.fitting, basis: found.basis });
    unfit.push(...found.unfit);
  }
  assertPlanHolds(file, saved, examined);
  const { packages, published, unpublishable, portage } = saved;
  return { packages, published, unpublishable, portage, excluded: [], unfit };
}

function emergeOptions(flags: {
  readonly deep: boolean;
  readonly update: boolean;
  readonly newuse: boolean;
  readonly exclude: readonly string[];
  readonly options: readonly string[];
}): readonly string[] {
  return [
    ...['--usepkg', '--getbinpkg'],
    ...(flags.deep ? ['--emptytree'] : []),
    // --selective=n: what was requested is planned also where the system set has it
    ...(flags.update ? ['--update', '--deep', '--selective=n'] : []),
    ...(flags.newuse ? ['--newuse', '--deep', '--selective=n'] : []),
    // what is on the binhost is taken, although the tree has a newer version
    ...flags.exclude.map((name) => `--useoldpkg-atoms=${name}`),
    ...flags.options,
  ];
}

type TargetPlan = Awaited<ReturnType<typeof planTarget>>;

interface PlanQuestion {
  readonly atoms: readonly string[];
  readonly options: readonly string[];
  readonly exclude: readonly string[];
  readonly drones: readonly string[];
}

async function planTarget(probe: Probe, target: Target, question: PlanQuestion) {
  const config = await readTargetFolder(target);
  const { fitting, unfit, basis } = await examineDrones(probe, target, { config, among: question.drones });
  const index = await readPublishedIndex(probe, target.binhost);
  const graph = await askPlanners(probe, { ...question, index, config }, fitting);
  const plan = makeBuildPlan(graph, index === undefined ? [] : listPublished(parseIndex(index)));
  const { items, excluded } = excludeItems(plan.items, question.exclude.map(parseExclude));
  const lines = [...plan.unpublishable.map(formatUnpublishable), ...excluded.map(formatExcluded)];
  probe.emit({ type: 'task.output', stream: 'stdout', lines });
  const prefix = probe.paths.targets.length === 1 ? '' : `${target.name}:`;
  const toId = (cpv: string): string => `${prefix}${cpv}`;
  return {
    items: items.map(({ useText, ...item }) => ({
      ...item,
      ...{ id: toId(item.cpv), target: target.name, drones: fitting, needs: item.needs.map(toId) },
      shown: showItem({ ...item, useText, target: target.name }),
    })),
    published: listBinaries(graph).map((one) => ({ target: target.name, ...one })),
    unpublishable: plan.unpublishable.map((one) => ({ target: target.name, ...one })),
    excluded: excluded.map((one) => ({ target: target.name, ...one })),
    unfit,
    basis: { name: target.name, drones: [...fitting], basis: basis },
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

const formatExcluded = ({ cpv, because }: ExcludedItem): string =>
  because === 'excluded' ? `${cpv} is not built: it is excluded.` : `${cpv} is not built: it needs ${because}, which is not built.`;

/** All bad ones at once, before anything runs. Throws SW1201. */
function checkAtoms(atoms: readonly string[], parse: (text: string) => unknown): void {
  const wrong: SwarmError[] = [];
  for (const atom of atoms) {
    try {
      parse(atom);
    } catch (error) {
      if (!(error instanceof SwarmError)) throw error;
      wrong.push(error);
    }
  }
  const [first, ...more] = wrong;
  if (first === undefined) return;
  throw new SwarmError(first.code, first.message, { hint: first.hint, detail: more.map(({ message }) => message).join('\n') || undefined });
}
