import { resolve } from 'node:path';
import { readDroneIndex } from '../../src/builds/binhost-access.ts';
import { type AskedClient, askClients, describeOtherFlags, listWishes, selectClients } from '../../src/builds/client/client-wishes.ts';
import { describeOlderClients } from '../../src/builds/client/older-client.ts';
import { assertPublishable } from '../../src/builds/plan/assert-publishable.ts';
import type { ExcludedItem } from '../../src/builds/plan/exclude-items.ts';
import { assertNotExcluded, parseExclude } from '../../src/builds/plan/parse-exclude.ts';
import { emergeOptions } from '../../src/builds/plan/plan-command.ts';
import { findTarget, planItemSchema } from '../../src/builds/plan/plan-item.ts';
import { type OutdatedPackage, planTarget } from '../../src/builds/plan/plan-target.ts';
import { releaseForClients, reportHeld } from '../../src/builds/plan/report-held.ts';
import {
  assertPlanAlone,
  assertPlanHolds,
  outdatedSchema,
  publishedPackageSchema,
  readSavedPlan,
  unpublishableSchema,
  writeSavedPlan,
} from '../../src/builds/plan/saved-plan.ts';
import { examineDrones } from '../../src/builds/target/examine-drones.ts';
import { readPackageLists } from '../../src/builds/target/package-lists.ts';
import { readTargetFolder } from '../../src/builds/target/target-folder.ts';
import { parseAtom } from '../../src/gentoo/atom/atom.ts';
import type { Unpublishable } from '../../src/gentoo/plan/build-plan.ts';
import { defineModule, type HostName, type Probe, SwarmError, type Target, z } from '../../src/index.ts';

const unfitSchema = z.strictObject({ host: z.string(), target: z.string(), because: z.string(), fix: z.string() });
const clientSchema = z.strictObject({ client: z.string(), target: z.string(), because: z.string().exactOptional() });
const excludedSchema = z.strictObject({ target: z.string(), cpv: z.string(), because: z.string() });

export default defineModule({
  summary: 'List the packages to build for each target, in order, so that its clients can install these atoms',
  args: z.strictObject({
    atoms: z.array(z.string()).default([]).describe('Package atoms or sets: "{{ packages }}". None: the package lists of each target'),
    targets: z.array(z.string()).default([]).describe('Names of targets. None: all'),
    drones: z.array(z.string()).default([]).describe('Hosts that may be used: "{{ hosts }}". None: those of each target'),
    clients: z
      .array(z.string())
      .default([])
      .describe('Clients that are asked for what they need, which is built too: names, or all. Of the targets, only theirs count'),
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
    outdated: z.array(outdatedSchema).describe('What the binhosts have, is built against an older sub-slot, and cannot be built again'),
    excluded: z.array(excludedSchema).readonly().describe('What is not built because of `exclude`'),
    unfit: z.array(unfitSchema).readonly().describe('Drones that get nothing of a target, with the reason'),
    clients: z.array(clientSchema).readonly().describe('The clients that were asked. One with a reason in `because` did not answer'),
    portage: z.string().nullable().describe("Version of the planning host's Portage"),
  }),
  freeForm: 'atoms',
  example: `emerge_plan:
  atoms: [www-client/firefox, "=net-misc/curl-8.15.0", "@preserved-rebuild"]
`,
  // planning changes nothing on a host; what was held back before and fits now is published
  async *run(probe, { atoms, targets, clients, drones, file, save, ...flags }) {
    if (file !== null && !save) return yield* runSavedPlan(probe, resolve(file), { atoms, targets, clients, drones });
    checkAtoms(atoms, parseAtom);
    checkAtoms(flags.exclude, parseExclude);
    assertNotExcluded(atoms, flags.exclude);
    const named = targets.length === 0 ? probe.paths.targets : targets.map((name) => findTarget(probe, name));
    const asked = await askAllClients(probe, selectClients(named, clients, probe.paths));
    const wanted = clients.length > 0 ? [...asked.keys()] : named;
    const lists = new Map<Target, readonly string[]>(); // read before any drone is asked
    for (const target of wanted)
      lists.set(target, atoms.length > 0 || clients.length > 0 ? atoms : readPackageLists(probe.paths.project, target));
    const plans = [];
    for (const [target, list] of lists) {
      const answers = asked.get(target) ?? [];
      const asking = { atoms: list, requested: atoms, wishes: listWishes(answers), drones };
      const question = { ...asking, options: emergeOptions(flags), exclude: flags.exclude };
      const plan = await planTarget(probe, target, question);
      assertPublishable(plan.items);
      const lines = [
        ...plan.unpublishable.map(formatUnpublishable),
        ...plan.outdated.map(formatOutdated),
        ...plan.excluded.map(formatExcluded),
        ...describeOtherFlags(answers, plan.items),
        ...describeOlderClients(answers, plan.basis.basis.toolchain),
      ];
      probe.emit({ type: 'task.output', stream: 'stdout', lines });
      yield* releaseForClients(target, plan);
      plans.push({ ...plan, clients: answers.map(({ needs: _, ...client }) => client) });
    }
    const plan = {
      packages: plans.flatMap(({ items }) => items),
      published: plans.flatMap(({ published }) => published),
      unpublishable: plans.flatMap(({ unpublishable }) => unpublishable),
      outdated: plans.flatMap(({ outdated }) => outdated.map(({ why: _, ...one }) => one)),
      portage: plans[0]?.portage ?? null,
    };
    if (file !== null) writeSavedPlan(resolve(file), { targets: plans.map(({ basis }) => basis), ...plan }, new Date());
    return {
      ...plan,
      excluded: plans.flatMap(({ excluded }) => excluded),
      unfit: plans.flatMap(({ unfit }) => unfit),
      clients: plans.flatMap((one) => one.clients),
    };
  },
});

/** The packages of a saved plan, when the drones and what they build with are as they were. */
async function* runSavedPlan(
  probe: Probe,
  file: string,
  given: {
    readonly atoms: readonly string[];
    readonly targets: readonly string[];
    readonly clients: readonly string[];
    readonly drones: readonly string[];
  },
) {
  assertPlanAlone(file, [...given.atoms, ...given.targets, ...given.clients]);
  const saved = await readSavedPlan(file);
  const examined = [];
  const hashes = new Map<string, string | null>();
  const unfit = [];
  for (const { name } of saved.targets) {
    const target = findTarget(probe, name);
    const config = await readTargetFolder(target);
    const found = await examineDrones(probe, target, { config, among: given.drones });
    hashes.set(name, config?.hash ?? null);
    examined.push({ name, drones: found.fitting, basis: found.basis });
    unfit.push(...found.unfit);
  }
  assertPlanHolds(file, saved, examined);
  for (const { name } of saved.targets) {
    const target = findTarget(probe, name);
    const items = saved.packages.filter((one) => one.target === name);
    const wanted = [...items, ...saved.published.filter((one) => one.target === name)].map(({ cpv }) => cpv);
    const ignored = items.flatMap((one) => one.ignored);
    const binhost = await readDroneIndex(probe, target.binhost);
    yield* releaseForClients(target, { ...reportHeld(probe, target, { binhost, ignored, wanted, moves: [] }), ignored });
  }
  const { published, unpublishable, outdated, portage } = saved;
  // what counts of the folder is the same; other files of it may differ
  const packages = saved.packages.map((item) => ({ ...item, config: hashes.get(item.target) ?? null }));
  return { packages, published, unpublishable, outdated, portage, excluded: [], unfit, clients: [] };
}

async function askAllClients(
  probe: Probe,
  chosen: ReadonlyMap<Target, readonly HostName[]>,
): Promise<ReadonlyMap<Target, readonly AskedClient[]>> {
  const answers = [...chosen].map(async ([target, clients]) => [target, await askClients(probe, target, clients)] as const);
  return new Map(await Promise.all(answers));
}

const formatUnpublishable = ({ cpv, reason }: Unpublishable): string =>
  reason === 'bindist'
    ? `${cpv} will not be on the binhost, although it is wanted: RESTRICT=bindist. Clients must build it themselves.`
    : `${cpv} will not be on the binhost, although this needs it: it is installed on the host, but it has no ebuild that can be built.`;

const formatExcluded = ({ cpv, because }: ExcludedItem): string =>
  because === 'excluded' ? `${cpv} is not built: it is excluded.` : `${cpv} is not built: it needs ${because}, which is not built.`;

function formatOutdated({ cpv, because, why }: OutdatedPackage): string {
  const reason = why === undefined ? '' : `: ${why}`;
  return `${cpv} is held back (${because}): it cannot be built again${reason}. Clients that have it keep what it was built against.`;
}

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
