import { resolveConditionals } from '../atom/dependency-string.ts';
import type { PackageFile } from '../package/package-file.ts';
import { normalizeStanza, type Stanza } from './packages-index.ts';

const COPIED = ['BUILD_TIME', 'CHOST', 'DEFINED_PHASES', 'EAPI', 'IUSE', 'KEYWORDS', 'PROVIDES', 'REQUIRES', 'SLOT', 'USE'];
const ATOMS = ['BDEPEND', 'DEPEND', 'IDEPEND', 'PDEPEND', 'RDEPEND'];
const WORDS = ['LICENSE', 'PROPERTIES', 'RESTRICT'];
/** The value of a missing line. */
const DEFAULTS: Readonly<Record<string, string>> = { EAPI: '0', SLOT: '0' };
/** An entry without these lines inherits them from the header. */
export const INHERITED = ['CHOST', 'REPO'];

/** The file of a package on the binhost. */
export interface StanzaLocation {
  /** Below the binhost's folder. */
  readonly path: string;
  /** Unix seconds: the file's own time. */
  readonly mtime: number;
  readonly buildId: number | undefined;
}

/** The entry of a package as Portage would write it: USE conditionals resolved with the flags of the package, single spaces, defaults
 *  left out. `header` is that of the index. Throws SW4003 for a malformed dependency. */
export function buildStanza(file: PackageFile, location: StanzaLocation, header: ReadonlyMap<string, string>): Stanza {
  return makeRelative(buildWholeStanza(file, location), header);
}

/** An entry without what it inherits from the header. */
export function makeRelative(stanza: Stanza, header: ReadonlyMap<string, string>): Stanza {
  return normalizeStanza(new Map([...stanza].filter(([key, value]) => !INHERITED.includes(key) || value !== header.get(key))));
}

/** An entry that inherits nothing. */
export function buildWholeStanza(file: PackageFile, location: StanzaLocation): Stanza {
  const value = (key: string): string => (file.metadata.get(key) ?? '').trim().replace(/\s+/g, ' ');
  const use = new Set(value('USE').split(' '));
  const stanza = new Map<string, string>();
  for (const key of COPIED) stanza.set(key, value(key));
  for (const key of ATOMS) stanza.set(key, resolveConditionals(value(key), use, true));
  for (const key of WORDS) stanza.set(key, resolveConditionals(value(key), use, false));
  stanza.set('REPO', value('repository'));
  for (const [key, normal] of Object.entries(DEFAULTS)) if (stanza.get(key) === normal) stanza.delete(key);
  stanza.set('CPV', file.cpv.text);
  stanza.set('BUILD_ID', location.buildId === undefined ? '' : String(location.buildId));
  stanza.set('PATH', location.path);
  stanza.set('SIZE', String(file.size));
  stanza.set('MD5', file.digests.md5);
  stanza.set('SHA1', file.digests.sha1);
  stanza.set('MTIME', String(location.mtime));
  return normalizeStanza(stanza);
}
