import { SwarmError } from '../../core/error/swarm-error.ts';
import { ownValue } from '../../core/own-value.ts';
import { parseCpv } from '../atom/cpv.ts';

/** One entry of the index, in the file's order of keys. */
export type Stanza = ReadonlyMap<string, string>;

/** A `Packages` file as Portage writes and reads it. */
export interface PackagesIndex {
  readonly header: ReadonlyMap<string, string>;
  readonly packages: readonly Stanza[];
}

const LINE = /^([A-Za-z][A-Za-z0-9_]*): (.*)$/;
const COMPONENT = /^[A-Za-z0-9_+=@~,-][A-Za-z0-9_+=@~,.-]{0,199}$/;
/** Portage sorts keys by its internal names. They differ for these keys. */
const INTERNAL: Readonly<Record<string, string>> = { MTIME: '_mtime_', REPO: 'repository', DESC: 'DESCRIPTION' };

/** True for a PATH below the folder of the binhost. Clients do not check that. Hidden names are not packages. */
export function isSafePath(path: string): boolean {
  return path.length <= 1000 && path.split('/').every((component) => COMPONENT.test(component)) && /\.(gpkg\.tar|xpak|tbz2)$/.test(path);
}

/** Reads a `Packages` file. Stricter than Portage, which crashes on a malformed CPV and stops at two blank lines without a message.
 *  Throws SW4006 with the line. */
export function parseIndex(text: string): PackagesIndex {
  if (text.includes('\r')) throw invalid('it has CR line endings');
  if (!text.endsWith('\n\n')) throw invalid('it is truncated');
  const sections = text.slice(0, -2).split('\n\n');
  let line = 1;
  const [header = new Map<string, string>(), ...packages] = sections.map((section) => {
    const stanza = parseSection(section, line);
    line += section.split('\n').length + 1;
    return stanza;
  });
  if (header.get('VERSION') !== '0') throw invalid(`VERSION is ${header.get('VERSION') ?? 'missing'}, not 0`);
  if (!/^\d{1,12}$/.test(header.get('TIMESTAMP') ?? '')) throw invalid('TIMESTAMP is missing');
  const count = header.get('PACKAGES');
  if (count !== undefined && Number(count) !== packages.length) throw invalid(`it says PACKAGES: ${count}, but lists ${packages.length}`);
  checkPaths(packages);
  return { header, packages };
}

function parseSection(section: string, firstLine: number): Stanza {
  const stanza = new Map<string, string>();
  for (const [i, line] of section.split('\n').entries()) {
    const [, key, value] = LINE.exec(line) ?? [];
    if (key === undefined || value === undefined)
      throw invalid(`line ${firstLine + i} is not "KEY: value": ${JSON.stringify(line.slice(0, 80))}`);
    if (stanza.has(key)) throw invalid(`line ${firstLine + i}: duplicate key ${key}`);
    stanza.set(key, value);
  }
  return stanza;
}

function checkPaths(packages: readonly Stanza[]): void {
  const seen = new Set<string>();
  for (const stanza of packages) {
    const cpv = stanza.get('CPV') ?? '';
    const path = stanza.get('PATH') ?? '';
    try {
      parseCpv(cpv);
    } catch (cause) {
      throw invalid(`CPV ${JSON.stringify(cpv.slice(0, 200))} is malformed and would crash clients`, cause);
    }
    if (!isSafePath(path)) throw invalid(`${cpv} has the unsafe PATH ${JSON.stringify(path.slice(0, 200))}`);
    if (seen.has(path)) throw invalid(`two entries have the PATH ${path}`);
    seen.add(path);
  }
}

/** The text of the file. Keeps the order of keys and entries. */
export function formatIndex(index: PackagesIndex): string {
  return [index.header, ...index.packages]
    .map((section) => `${[...section].map(([key, value]) => `${key}: ${value}\n`).join('')}\n`)
    .join('');
}

/** Sets the timestamp (unix seconds) and sorts as Portage does: keys by internal name, entries by CPV, then by age. */
export function normalizeIndex(index: PackagesIndex, timestamp: number): PackagesIndex {
  const header = new Map(index.header);
  header.set('VERSION', '0');
  header.set('TIMESTAMP', String(timestamp));
  header.set('PACKAGES', String(index.packages.length));
  const time = (stanza: Stanza): number => Number(stanza.get('BUILD_TIME') ?? 0);
  const packages = index.packages.map(normalizeStanza).sort((a, b) => {
    const [one, other] = [a.get('CPV') ?? '', b.get('CPV') ?? ''];
    return one < other ? -1 : one > other ? 1 : time(a) - time(b);
  });
  return { header: normalizeStanza(header), packages };
}

/** Sorts the keys and removes empty ones, as Portage does. */
export function normalizeStanza(stanza: Stanza): Stanza {
  const internal = (key: string): string => ownValue(INTERNAL, key) ?? key;
  return new Map([...stanza].filter(([, value]) => value !== '').sort(([a], [b]) => (internal(a) < internal(b) ? -1 : 1)));
}

function invalid(why: string, cause?: unknown): SwarmError {
  return new SwarmError('SW4006', `the Packages index is invalid: ${why}`, {
    hint: 'To go back to an older index, run: swarm binhost rollback',
    cause,
  });
}
