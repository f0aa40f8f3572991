import { SwarmError } from '../../core/error/swarm-error.ts';
import { VERSION_PATTERN } from '../../core/version/portage-version.ts';

/** One version of one package, as PMS section 3 names it: category/name-version. */
export interface Cpv {
  /** `dev-libs/boost-1.88.0-r1`. */
  readonly text: string;
  readonly category: string;
  readonly name: string;
  /** With its revision: `1.88.0-r1`. */
  readonly version: string;
  /** Name and version: `boost-1.88.0-r1`. */
  readonly pf: string;
}

/** The pattern of a category. */
export const CATEGORY_PATTERN = '[A-Za-z0-9_][A-Za-z0-9+_.-]*';
/** The pattern of a package name. */
export const NAME_PATTERN = '[A-Za-z0-9_](?:[A-Za-z0-9+_-]*[A-Za-z0-9+_])?';
const CATEGORY_NAME = new RegExp(`^(${CATEGORY_PATTERN})/([^/]+)$`);
const SPLIT = new RegExp(`^(.+?)-(${VERSION_PATTERN}(?:-r\\d+)?)$`);
const WHOLE_NAME = new RegExp(`^${NAME_PATTERN}$`);
const ENDS_IN_VERSION = new RegExp(`-${VERSION_PATTERN}(?:-r\\d+)?$`);

/** True for a valid package name. It must not end like a version. */
export function isPackageName(text: string): boolean {
  return WHOLE_NAME.test(text) && !ENDS_IN_VERSION.test(text);
}

/** Splits `boost-1.88.0-r1` into name and version. Undefined when the text is not a name with a version. */
export function splitPf(pf: string): { readonly name: string; readonly version: string } | undefined {
  const [, name, version] = SPLIT.exec(pf) ?? [];
  if (name === undefined || version === undefined || !isPackageName(name)) return undefined;
  return { name, version };
}

/** `category/name` of a package with its version. Throws SW1201. */
export function packageName(cpv: string): string {
  const { category, name } = parseCpv(cpv);
  return `${category}/${name}`;
}

/** True where the text is category/name-version. */
export function isCpv(text: string): boolean {
  const [, , pf] = CATEGORY_NAME.exec(text) ?? [];
  return pf !== undefined && splitPf(pf) !== undefined;
}

/** True where the text is a version of the package `category/name`. A text that is not a package with a version is none. */
export const isVersionOf = (text: string, name: string): boolean => isCpv(text) && packageName(text) === name;

/** Reads category/name-version. Throws SW1201. */
export function parseCpv(text: string): Cpv {
  const [, category, pf] = CATEGORY_NAME.exec(text) ?? [];
  const split = pf === undefined ? undefined : splitPf(pf);
  if (category === undefined || pf === undefined || split === undefined) {
    throw new SwarmError('SW1201', `${JSON.stringify(text)} is not a package with its version`, {
      hint: 'Write category/name-version, for example dev-libs/boost-1.88.0-r1.',
    });
  }
  return { text, category, name: split.name, version: split.version, pf };
}
