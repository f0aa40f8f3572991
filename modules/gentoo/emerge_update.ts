import { readDroneIndex } from '../../src/builds/binhost-access.ts';
import { notClientError } from '../../src/builds/client/client-error.ts';
import { type ClientNeeds, readClientNeeds, type WantedPackage } from '../../src/builds/client/client-needs.ts';
import { explainMissing, type MissingPackage } from '../../src/builds/client/explain-missing.ts';
import { listPastFailures } from '../../src/builds/client/past-failures.ts';
import { findUnrunnable, type UnrunnablePackage } from '../../src/builds/client/unrunnable-packages.ts';
import { updateClient } from '../../src/builds/client/update-client.ts';
import { toHeldFile } from '../../src/gentoo/binhost/held-packages.ts';
import type { PackagesIndex } from '../../src/gentoo/binhost/packages-index.ts';
import { explainEmergeFailure } from '../../src/gentoo/build-log/emerge-failure.ts';
import { defineModule, type Probe, SwarmError, type Target, z } from '../../src/index.ts';

const updateSchema = z.strictObject({ cpv: z.string(), from: z.string().nullable().describe('What was installed in its slot') });
const missingSchema = z.strictObject({
  cpv: z.string(),
  reason: z.enum(['not built', 'failed', 'USE differs', 'masked', 'keyword', 'licence', 'sub-slot', 'version', 'not accepted']),
  because: z.string(),
});

export default defineModule({
  summary: 'Upgrade @world of a client from the packages of its target, without compiling, and report what the binhost lacks',
  args: z.strictObject({
    options: z
      .array(z.string().regex(/^--?[A-Za-z]/, 'must be an option of emerge'))
      .default([])
      .describe('More options for emerge'),
  }),
  returns: z.strictObject({
    target: z.string(),
    updates: z.array(updateSchema).readonly().describe('The packages that were installed, or would be in a check'),
    summary: z.string().describe('Both as lines to print'),
    missing: z.array(missingSchema).readonly().describe('What the client would have to compile, with the reason'),
  }),
  example: `emerge_update:
  options: [--exclude=sys-kernel/gentoo-kernel]
`,
  async *run(probe, { options }) {
    const target = findClientTarget(probe);
    const { published, index, held, moves } = await readDroneIndex(probe, target.binhost);
    const ask = (more: readonly string[]) => readClientNeeds(probe, published, [...options, ...more, '@world']);
    const { needs, unrunnable, exclude } = await leaveOutUnrunnable(probe, { target, index, ask });
    const failures = listPastFailures(probe.paths.project, target.name);
    const missing = [...explainMissing(needs, { failures, held: held.map(toHeldFile), moves }), ...unrunnable];
    const updates = needs.take.packages.map(({ cpv, installed }) => ({ cpv, from: installed }));
    probe.emit({ type: 'client.examined', target: target.name, updates: needs.take.success ? updates : [], missing });
    if (!needs.take.success) throw refusedUpdate(needs.take, missing);
    if (updates.length > 0) {
      yield {
        verb: 'run',
        subject: 'emerge --getbinpkgonly @world',
        before: updates.flatMap(({ from }) => (from === null ? [] : [`${from}\n`])).join(''),
        after: updates.map(({ cpv }) => `${cpv}\n`).join(''),
        apply: (remote) => updateClient(remote, { target, binhost: needs.binhost, options: [...options, ...exclude] }),
      };
    }
    const lines = [
      ...updates.map(({ cpv }) => `from the binhost: ${cpv}`),
      ...missing.map(formatMissing),
      ...hintNotBuilt(missing, probe.host.name),
    ];
    const summary = lines.join('\n') || 'everything is current';
    return { target: target.name, updates, missing, summary };
  },
});

/** What the client needs, without what would not start there. What is left out may bring an older build of it, or let another take its place:
 *  so each is asked anew. */
async function leaveOutUnrunnable(
  probe: Probe,
  {
    target: { binhost },
    index,
    ask,
  }: { readonly target: Target; readonly index: PackagesIndex; readonly ask: (more: readonly string[]) => Promise<ClientNeeds> },
): Promise<{ readonly needs: ClientNeeds; readonly unrunnable: readonly MissingPackage[]; readonly exclude: readonly string[] }> {
  const unrunnable: UnrunnablePackage[] = [];
  for (;;) {
    const exclude = [...new Set(unrunnable.map((one) => `--exclude=${one.exclude}`))];
    const needs = await ask(exclude);
    const found = await findUnrunnable(probe, { client: probe.host.name, binhost, index, needs });
    const more = found.filter((one) => !exclude.includes(`--exclude=${one.exclude}`));
    const missing = unrunnable.map(({ cpv, because }) => ({ cpv, reason: 'not accepted' as const, because }));
    if (more.length === 0) return { needs, unrunnable: missing, exclude };
    unrunnable.push(...more);
  }
}

/** Throws SW1203 for a host that is not a client. */
function findClientTarget({ host, paths }: Probe): Target {
  const found = paths.targets.find(({ clients }) => clients.includes(host.name));
  if (found !== undefined) return found;
  throw notClientError(host.name, { targets: paths.targets, chosen: paths.targets, hosts: [host] });
}

const formatMissing = ({ cpv, reason, because }: MissingPackage): string => `not on the binhost: ${cpv}: ${reason}: ${because}`;

/** How to learn more: the drones know what the target masks, and are not asked in an update. */
const hintNotBuilt = (missing: readonly MissingPackage[], client: string): readonly string[] =>
  missing.some(({ reason }) => reason === 'not built')
    ? [`To see why a package is not built, run: swarm why CATEGORY/NAME --for ${client}`]
    : [];

/** emerge finds no way to upgrade from binaries: nothing is installed. */
function refusedUpdate(
  { status, messages }: { readonly status: number; readonly messages: string; readonly packages: readonly WantedPackage[] },
  missing: readonly MissingPackage[],
): SwarmError {
  const { code, message, hint, detail } = explainEmergeFailure(status === 0 ? 1 : status, messages.split('\n'), '');
  const reasons = missing.map(formatMissing).join('\n');
  return new SwarmError(code, message, { hint, detail: [reasons, detail].filter((part) => part).join('\n') || undefined });
}
