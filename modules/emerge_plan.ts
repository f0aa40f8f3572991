import { parseAtom } from '../src/gentoo/atom.ts';
import { buildItems, parseGraph } from '../src/gentoo/graph.ts';
import { type Change, defineModule, type Json, SwarmError, z } from '../src/index.ts';
import { readIndex } from './parts/binhost.ts';
import { planRequest } from './parts/plan-request.ts';

export default defineModule({
  summary: 'What Portage would build for these packages, in its own order, and what the binhost has already',
  args: z.strictObject({
    atoms: z.array(z.string()).min(1).describe('Package atoms or sets: "{{ packages }}"'),
    deep: z.boolean().default(false).describe('The whole closure, also what the host has installed already'),
    options: z
      .array(z.string().regex(/^--?[A-Za-z]/, 'an option of emerge'))
      .default([])
      .describe('More options for emerge, as --newuse'),
  }),
  freeForm: 'atoms',
  example: `emerge_plan:
  atoms: [www-client/firefox, "=net-misc/curl-8.15.0", "@preserved-rebuild"]
`,
  // planning changes nothing, in check mode or not
  async *run(probe, { atoms, deep, options }): AsyncGenerator<Change, Json, void> {
    checkAll(atoms);
    const request = await planRequest({
      atoms,
      options: ['--usepkg', '--getbinpkg', ...(deep ? ['--emptytree'] : []), ...options],
      index: await readIndex(probe),
    });
    const { exit, stdout, stderr } = await probe.query(request);
    if (exit !== 0 && stdout.trim() === '') {
      throw new SwarmError('SW6011', `${probe.host.name} cannot plan: python3 with Portage's modules is needed`, {
        detail: stderr.trimEnd(),
      });
    }
    const graph = parseGraph(stdout);
    const packages = buildItems(graph);
    const published = graph.packages
      .filter(({ type, operation }) => type === 'binary' && operation === 'merge')
      .map(({ cpv, slot, repo, use, build_id }) => ({ cpv, slot, repo, use, buildId: build_id }));
    return { packages: packages.map((item) => ({ ...item })), published, portage: graph.portage };
  },
});

/** All bad ones at once, before anything runs. Throws SW1201. */
function checkAll(atoms: readonly string[]): void {
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
