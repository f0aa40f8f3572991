import { type AskedClient, askClients, describeOtherFlags, listWishes, selectClients } from '../src/builds/client/client-wishes.ts';
import { findTarget, planItemSchema } from '../src/builds/plan-item.ts';
import { type OutdatedPackage, planTarget } from '../src/builds/plan-target.ts';
import { readPackageLists } from '../src/builds/target/package-lists.ts';
import { parseAtom } from '../src/gentoo/atom/atom.ts';
import type { Unpublishable } from '../src/gentoo/plan/build-plan.ts';
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
const clientSchema = z.strictObject({ client: z.string(), target: z.string(), because: z.string().exactOptional() });
const unfitSchema = z.strictObject({ host: z.string(), target: z.string(), because: z.string(), fix: z.string() });

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
    clients: z.array(clientSchema).readonly().describe('The clients that were asked. One with a reason in `because` did not answer'),
    portage: z.string().nullable().describe("Version of the planning host's Portage"),
  }),
  freeForm: 'atoms',
  example: `emerge_plan:
  atoms: [www-client/firefox, "=net-misc/curl-8.15.0", "@preserved-rebuild"]
`,
  // planning changes nothing, in check mode or not
  async *run(probe, { atoms, targets, clients, drones, deep, options }) {
    checkAtomList(atoms);
    const named = targets.length === 0 ? probe.paths.targets : targets.map((name) => findTarget(probe, name));
    const asked = await askAllClients(probe, selectClients(named, clients));
    const emergeOptions = ['--usepkg', '--getbinpkg', ...(deep ? ['--emptytree'] : []), ...options];
    const plans = [];
    for (const target of clients.length > 0 ? asked.keys() : named) {
      const answers = asked.get(target) ?? [];
      const list = atoms.length > 0 || clients.length > 0 ? atoms : await readPackageLists(probe.paths.project, target);
      const plan = await planTarget(probe, target, { atoms: list, wishes: listWishes(answers), options: emergeOptions, drones });
      const lines = [
        ...plan.unpublishable.map(formatUnpublishable),
        ...plan.outdated.map(formatOutdated),
        ...describeOtherFlags(answers, plan.items),
      ];
      probe.emit({ type: 'task.output', stream: 'stdout', lines });
      plans.push({ ...plan, clients: answers.map(({ needs: _, ...client }) => client) });
    }
    return {
      packages: plans.flatMap(({ items }) => items),
      published: plans.flatMap(({ published }) => published),
      unpublishable: plans.flatMap(({ unpublishable }) => unpublishable),
      outdated: plans.flatMap(({ outdated }) => outdated.map(({ why: _, ...one }) => one)),
      unfit: plans.flatMap(({ unfit }) => unfit),
      clients: plans.flatMap((plan) => plan.clients),
      portage: plans[0]?.portage ?? null,
    };
  },
});

/** Throws SW6016 where no client of any target answers. */
async function askAllClients(
  probe: Probe,
  chosen: ReadonlyMap<Target, readonly HostName[]>,
): Promise<ReadonlyMap<Target, readonly AskedClient[]>> {
  const answers = [...chosen].map(async ([target, clients]) => [target, await askClients(probe, target, clients)] as const);
  const asked = new Map(await Promise.all(answers));
  const all = [...asked.values()].flat();
  if (all.length === 0 || all.some(({ needs }) => needs !== undefined)) return asked;
  throw new SwarmError('SW6016', 'no client answers', {
    hint: `To try every route, run: swarm hosts verify ${all.map(({ client }) => client).join(',')}`,
    detail: all.map(({ client, because }) => `${client}: ${because}`).join('\n'),
  });
}

const formatUnpublishable = ({ cpv, reason }: Unpublishable): string =>
  reason === 'bindist'
    ? `${cpv} will not be on the binhost, although this needs it: RESTRICT=bindist. Clients must build it themselves.`
    : `${cpv} will not be on the binhost, although this needs it: it is installed on the host, but it has no ebuild that can be built.`;

function formatOutdated({ cpv, because, why }: OutdatedPackage): string {
  const reason = why === undefined ? '' : `: ${why}`;
  return `${cpv} is held back (${because}): it cannot be built again${reason}. Clients that have it keep what it was built against.`;
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
