import type { HostName } from '../../core/inventory/host-name.ts';
import type { BinhostLocation } from '../../core/inventory/target.ts';
import type { Probe } from '../../core/module.ts';
import type { PackagesIndex, Stanza } from '../../gentoo/binhost/packages-index.ts';
import { parseProvenance, provenancePath } from '../../gentoo/binhost/provenance.ts';
import { readFromBinhost } from '../binhost-access.ts';
import { findOlderParts, type OlderPart } from '../target/compare-toolchains.ts';
import { findMarch, findMissingCpuFlags } from '../target/cpu-levels.ts';
import { type ClientNeeds, updateBrings } from './client-needs.ts';

/** A package that the client would take and whose programs would not start there. */
export interface UnrunnablePackage {
  readonly cpv: string;
  /** What keeps emerge from merging it: name and slot. */
  readonly exclude: string;
  readonly because: string;
}

/** Whether a package needs a part of the toolchain as new as it was where the package was built, and no dependency says so. */
const NEEDS: Readonly<Record<OlderPart['name'], (stanza: Stanza) => boolean>> = {
  // Portage 3.0.57 and newer add `>=sys-libs/glibc-VERSION` to RDEPEND: then the client's Portage sees to it
  glibc: (stanza) => /\blibc\.so\.6\b/.test(stanza.get('REQUIRES') ?? '') && !/>=sys-libs\/glibc-/.test(stanza.get('RDEPEND') ?? ''),
  gcc: (stanza) => /\blibstdc\+\+\.so\b/.test(stanza.get('REQUIRES') ?? ''),
};

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
    const record = parseProvenance(await readFromBinhost(probe, binhost, provenancePath(stanza.get('PATH') ?? '')));
    const older = findOlderParts(needs.toolchain, record?.toolchain ?? {}).filter(({ name }) => NEEDS[name](stanza));
    const because = explainProcessor(client, needs, record?.flags ?? []) ?? explainToolchain(client, needs, older);
    if (because !== undefined) found.push({ cpv: one.cpv, exclude: `${one.cp}:${one.slot}`, because });
  }
  return found;
}

/** Portage takes the newest build. */
function findTaken({ packages }: PackagesIndex, cpv: string): Stanza | undefined {
  const time = (stanza: Stanza): number => Number(stanza.get('BUILD_TIME') ?? 0);
  return packages.filter((stanza) => stanza.get('CPV') === cpv).sort((a, b) => time(b) - time(a))[0];
}

/** Why its programs do not start on the processor of the client. Undefined where they do. */
function explainProcessor(client: HostName, { cpuFlags }: ClientNeeds, flags: readonly string[]): string | undefined {
  for (const march of flags.map(findMarch)) {
    const lacks = findMissingCpuFlags(march, cpuFlags);
    if (lacks.length > 0)
      return `it was built for ${march}, and the processor of ${client} lacks ${lacks.join(' ')}: its programs would not start there`;
  }
  return undefined;
}

/** Why its programs do not start with the glibc and gcc that the client has, or gets with the update. Undefined where they do. */
function explainToolchain(client: HostName, needs: ClientNeeds, older: readonly OlderPart[]): string | undefined {
  const part = older.find(({ atom, theirs }) => !updateBrings(needs, atom, theirs));
  if (part === undefined) return undefined;
  const { name, atom, own, theirs } = part;
  return `it was built with ${name} ${theirs}, and ${client} has ${name} ${own}: its programs would not start there. Update ${atom} on ${client}`;
}
