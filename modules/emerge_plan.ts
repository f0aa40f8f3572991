import { readPublishedIndex } from '../src/builds/binhost-access.ts';
import { makePlanCommand } from '../src/builds/plan-command.ts';
import { parseAtom } from '../src/gentoo/atom/atom.ts';
import { makeBuildPlan, type Unpublishable } from '../src/gentoo/plan/build-plan.ts';
import { type DependencyGraph, parseGraph } from '../src/gentoo/plan/dependency-graph.ts';
import { defineModule, SwarmError, z } from '../src/index.ts';

const planItemSchema = z.strictObject({
  cpv: z.string(),
  slot: z.string(),
  repo: z.string(),
  use: z.array(z.string()).readonly().describe('The flags that are on'),
  restrict: z.array(z.string()).readonly(),
  needs: z.array(z.string()).readonly().describe('Items that must be published first'),
});
const publishedPackageSchema = z.strictObject({
  cpv: z.string(),
  slot: z.string(),
  repo: z.string(),
  use: z.array(z.string()),
  buildId: z.int().nullish(),
});
const unpublishableSchema = z.strictObject({ cpv: z.string(), reason: z.enum(['bindist', 'no ebuild']) });

export default defineModule({
  summary: 'List the packages to build, in order, so that clients can install these atoms',
  args: z.strictObject({
    atoms: z.array(z.string()).min(1).describe('Package atoms or sets: "{{ packages }}"'),
    deep: z.boolean().default(false).describe('Build everything, also the system set and what only building needs'),
    options: z
      .array(z.string().regex(/^--?[A-Za-z]/, 'must be an option of emerge'))
      .default([])
      .describe('More options for emerge, such as --newuse'),
  }),
  returns: z.strictObject({
    packages: z.array(planItemSchema).readonly().describe('The packages to build, in order: the items of a queue'),
    published: z.array(publishedPackageSchema).describe('What the binhost has already'),
    unpublishable: z.array(unpublishableSchema).describe('What clients must build themselves, with the reason'),
    portage: z.string().nullable().describe("Version of the host's Portage"),
  }),
  freeForm: 'atoms',
  example: `emerge_plan:
  atoms: [www-client/firefox, "=net-misc/curl-8.15.0", "@preserved-rebuild"]
`,
  // planning changes nothing, in check mode or not
  async *run(probe, { atoms, deep, options }) {
    checkAtomList(atoms);
    const request = await makePlanCommand({
      atoms,
      options: ['--usepkg', '--getbinpkg', ...(deep ? ['--emptytree'] : []), ...options],
      index: await readPublishedIndex(probe),
    });
    const { exit, stdout, stderr } = await probe.query(request);
    if (exit !== 0 && stdout.trim() === '') {
      throw new SwarmError('SW6011', `${probe.host.name} cannot plan: python3 with Portage's modules is needed`, {
        detail: stderr.trimEnd(),
      });
    }
    const graph = parseGraph(stdout);
    const { items, unpublishable } = makeBuildPlan(graph);
    if (unpublishable.length > 0) probe.emit({ type: 'task.output', stream: 'stdout', lines: unpublishable.map(formatUnpublishable) });
    return {
      packages: items,
      published: listPublished(graph),
      unpublishable: unpublishable.map((one) => ({ ...one })),
      portage: graph.portage,
    };
  },
});

const listPublished = (graph: DependencyGraph) =>
  graph.packages
    .filter(({ type, operation }) => type === 'binary' && operation === 'merge')
    .map(({ cpv, slot, repo, use, build_id }) => ({ cpv, slot, repo, use, buildId: build_id }));

const formatUnpublishable = ({ cpv, reason }: Unpublishable): string =>
  reason === 'bindist'
    ? `${cpv} will not be on the binhost, although this needs it: RESTRICT=bindist. Clients must build it themselves.`
    : `${cpv} will not be on the binhost, although this needs it: it is installed on the host, but it has no ebuild that can be built.`;

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
