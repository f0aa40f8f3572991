import type { HostName } from '../../core/inventory/host-name.ts';
import type { BinhostLocation } from '../../core/inventory/target.ts';
import type { Probe } from '../../core/module.ts';
import { compareVersions } from '../../core/version/portage-version.ts';
import type { PackagesIndex, Stanza } from '../../gentoo/binhost/packages-index.ts';
import { parseProvenance, provenancePath } from '../../gentoo/binhost/provenance.ts';
import { readFromBinhost } from '../binhost-access.ts';
import { findMarch, findMissingCpuFlags } from '../target/cpu-levels.ts';
import { type ClientNeeds, updateBrings } from './client-needs.ts';

/** A package that the client would take and whose programs would not start there. */
export interface UnrunnablePackage {
  readonly cpv: string;
  /** What keeps emerge from merging it: name and slot. */
  readonly exclude: string;
  readonly because: string;
}

/** What programs need at least as new as it was where they were built. `isNeeded` tells of which packages no dependency says so. */
const LIBRARIES = [
  // Portage 3.0.57 and newer add `>=sys-libs/glibc-VERSION` to RDEPEND: then the client's Portage sees to it
  {
    name: 'glibc',
    atom: 'sys-libs/glibc',
    isNeeded: (stanza: Stanza) =>
      /\blibc\.so\.6\b/.test(stanza.get('REQUIRES') ?? '') && !/>=sys-libs\/glibc-/.test(stanza.get('RDEPEND') ?? ''),
  },
  { name: 'gcc', atom: 'sys-devel/gcc', isNeeded: (stanza: Stanza) => /\blibstdc\+\+\.so\b/.test(stanza.get('REQUIRES') ?? '') },
] as const;

/** Of what the client would take: what was built with a newer glibc or gcc than it has, or takes with it, and needs that of it; and what was
 *  built for another processor. */
export async function findUnrunnable(
  probe: Probe,
  {
    client,
    binhost,
    index,
    needs,
  }: { readonly client: HostName; readonly binhost: BinhostLocation; readonly index: PackagesIndex; readonly needs: ClientNeeds },
): Promise<readonly UnrunnablePackage[]> {
  const found: UnrunnablePackage[] = [];
  for (const one of needs.take.packages.filter(({ type }) => type === 'binary')) {
    const stanza = findTaken(index, one.cpv);
    if (stanza === undefined || (stanza.get('REQUIRES') ?? '') === '') continue; // it has no program
    const needed = LIBRARIES.filter(({ isNeeded }) => isNeeded(stanza));
    const record = parseProvenance(await readFromBinhost(probe, binhost, provenancePath(stanza.get('PATH') ?? '')));
    const because =
      explainProcessor(client, needs, record?.flags ?? []) ?? explainUnrunnable(client, needs, record?.toolchain ?? {}, needed);
    if (because !== undefined) found.push({ cpv: one.cpv, exclude: `${one.cp}:${one.slot}`, because });
  }
  return found;
}

/** Portage takes the newest build. */
function findTaken({ packages }: PackagesIndex, cpv: string): Stanza | undefined {
  const time = (stanza: Stanza): number => Number(stanza.get('BUILD_TIME') ?? 0);
  return packages.filter((stanza) => stanza.get('CPV') === cpv).sort((a, b) => time(b) - time(a))[0];
}

/** It was compiled for a processor that can do more. */
function explainProcessor(client: HostName, { cpuFlags }: ClientNeeds, flags: readonly string[]): string | undefined {
  for (const march of flags.map(findMarch)) {
    const lacks = findMissingCpuFlags(march, cpuFlags);
    if (lacks.length > 0)
      return `it was built for ${march}, and the processor of ${client} lacks ${lacks.join(' ')}: its programs would not start there`;
  }
  return undefined;
}

function explainUnrunnable(
  client: HostName,
  { toolchain, take }: ClientNeeds,
  built: Readonly<Record<string, string>>,
  needed: readonly (typeof LIBRARIES)[number][],
): string | undefined {
  for (const { name, atom } of needed) {
    const [own, theirs] = [toolchain[name], built[name]];
    if (own === undefined || theirs === undefined || compareVersions(theirs, own) <= 0) continue;
    if (updateBrings({ take }, atom, theirs)) continue;
    return `it was built with ${name} ${theirs}, and ${client} has ${name} ${own}: its programs would not start there. Update ${atom} on ${client}`;
  }
  return undefined;
}
