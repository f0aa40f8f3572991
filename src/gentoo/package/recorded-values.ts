import { SwarmError } from '../../core/error/swarm-error.ts';
import { type PackageAtom, parseAtom } from '../atom/atom.ts';
import { type Cpv, parseCpv } from '../atom/cpv.ts';
import { resolveConditionals } from '../atom/dependency-string.ts';

/** What Portage recorded in a package when it was built. Texts have single spaces, as Portage compares them; what is missing is empty. */
export interface PackageMetadata {
  readonly category: string;
  readonly pf: string;
  readonly slot: string;
  /** The slot where there is no sub-slot, as Portage reads it. */
  readonly subSlot: string;
  readonly repository: string;
  readonly eapi: string;
  readonly use: readonly string[];
  readonly iuse: readonly string[];
  readonly keywords: readonly string[];
  readonly chost: string;
  readonly cflags: string;
  readonly depend: string;
  readonly bdepend: string;
  readonly rdepend: string;
  readonly idepend: string;
  readonly pdepend: string;
  readonly restrict: string;
  readonly provides: string;
  readonly requires: string;
  /** The number of this build of the version. Undefined without binpkg-multi-instance. */
  readonly buildId: number | undefined;
  /** Unix seconds; 0 where it is missing. */
  readonly buildTime: number;
}

/** Values that Portage copies to the index or compares. They are ASCII in every package that Portage makes. */
const INDEX_KEYS = new Set(
  `BDEPEND BUILD_ID BUILD_TIME CATEGORY CBUILD CFLAGS CHOST CXXFLAGS DEFINED_PHASES DEPEND EAPI IDEPEND IUSE KEYWORDS LDFLAGS
   LICENSE PDEPEND PF PROPERTIES PROVIDES RDEPEND REPO_REVISIONS REQUIRES RESTRICT SLOT USE repository`.split(/\s+/),
);
const DEPENDENCIES = ['BDEPEND', 'DEPEND', 'IDEPEND', 'PDEPEND', 'RDEPEND'];
const CONDITIONAL = ['LICENSE', 'PROPERTIES', 'RESTRICT'];
/** Of the released EAPIs. Portage masks a package of any other. */
const EAPI = /^[0-8]$/;
const SLOT_NAME = '[A-Za-z0-9_][A-Za-z0-9+_.-]*';
/** Portage keeps the name __unknown__ for a repository that it does not know, and lists no repository then. */
const REPOSITORY = /^(?!__unknown__$)[A-Za-z0-9_][A-Za-z0-9_-]*$/;
const KEY = /^[A-Za-z_]+$/;
const CONDITION = /^!?[A-Za-z0-9][A-Za-z0-9+_@-]*\?$/;
const NAME = /^[A-Za-z0-9_][A-Za-z0-9+_.@-]*$/;

/** The text values of a package by name, without white space at the end. Throws SW4003 for a value that two readers take in two ways:
 *  NUL, control characters, invalid UTF-8. */
export function readValues(files: ReadonlyMap<string, Buffer>): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [key, bytes] of files) {
    if (!KEY.test(key)) continue;
    const text = bytes.toString('utf8');
    if (!Buffer.from(text).equals(bytes)) throw notReadable(key, 'it is not UTF-8');
    if (INDEX_KEYS.has(key) && !/^[\t\n\r\x20-\x7e]*$/.test(text)) throw notReadable(key, 'it has characters other than plain ASCII');
    values.set(key, text.trimEnd());
  }
  return values;
}

/** The name of the package. CATEGORY and PF are one line each. Throws SW4003. */
export function readCpv(values: ReadonlyMap<string, string>): Cpv {
  const named = `${values.get('CATEGORY') ?? ''}/${values.get('PF') ?? ''}`;
  try {
    return parseCpv(named);
  } catch (error) {
    throw new SwarmError('SW4003', `CATEGORY and PF in the package give no valid package name: ${JSON.stringify(named)}`, { cause: error });
  }
}

/** Checks that Portage can use the values, and gives them their types. Throws SW4003. */
export function readMetadata(values: ReadonlyMap<string, string>): PackageMetadata {
  const value = (key: string): string => (values.get(key) ?? '').trim().replace(/\s+/g, ' ');
  const words = (key: string): string[] =>
    value(key)
      .split(' ')
      .filter((word) => word !== '');
  const eapi = values.has('EAPI') ? value('EAPI') : '0'; // an empty one is not the default
  if (!EAPI.test(eapi)) throw notReadable('EAPI', `${JSON.stringify(eapi)} is not a released EAPI`);
  const use = new Set(words('USE'));
  for (const key of [...DEPENDENCIES, ...CONDITIONAL]) {
    resolveConditionals(value(key), use, DEPENDENCIES.includes(key));
    for (const word of words(key)) checkWord(key, word, Number(eapi));
  }
  if (eapi === '0' && words('IUSE').some((flag) => /^[+-]/.test(flag))) throw notReadable('IUSE', 'EAPI 0 has no default flags');
  for (const key of ['PROVIDES', 'REQUIRES']) checkSonames(key, words(key));
  const repository = value('repository');
  if (repository !== '' && !REPOSITORY.test(repository)) throw notReadable('repository', `${JSON.stringify(repository)} is not a name`);
  const { slot, subSlot } = readSlot(value('SLOT'), Number(eapi) >= 5);
  return {
    category: value('CATEGORY'),
    pf: value('PF'),
    slot,
    subSlot,
    repository,
    eapi,
    use: [...use],
    iuse: words('IUSE'),
    keywords: words('KEYWORDS'),
    chost: value('CHOST'),
    cflags: value('CFLAGS'),
    depend: value('DEPEND'),
    bdepend: value('BDEPEND'),
    rdepend: value('RDEPEND'),
    idepend: value('IDEPEND'),
    pdepend: value('PDEPEND'),
    restrict: value('RESTRICT'),
    provides: value('PROVIDES'),
    requires: value('REQUIRES'),
    buildId: readNumber('BUILD_ID', value('BUILD_ID'), /^[1-9]\d{0,8}$/),
    buildTime: readNumber('BUILD_TIME', value('BUILD_TIME'), /^(?:0|[1-9]\d{0,14})$/) ?? 0,
  };
}

function readSlot(text: string, subSlots: boolean): { readonly slot: string; readonly subSlot: string } {
  const [, slot, subSlot] = new RegExp(`^(${SLOT_NAME})(?:/(${SLOT_NAME}))?$`).exec(text) ?? [];
  if (slot === undefined || (subSlot !== undefined && !subSlots)) throw notReadable('SLOT', `${JSON.stringify(text)} is not a slot`);
  return { slot, subSlot: subSlot ?? slot };
}

function readNumber(key: string, text: string, form: RegExp): number | undefined {
  if (text === '') return undefined;
  if (!form.test(text)) throw notReadable(key, `${JSON.stringify(text)} is not a number`);
  return Number(text);
}

/** One word of a dependency, licence or restriction, whether USE flags keep it or not. */
function checkWord(key: string, word: string, eapi: number): void {
  if (/^(?:\(|\)|\|\|)$/.test(word) || CONDITION.test(word)) return;
  if (!DEPENDENCIES.includes(key)) {
    if (!NAME.test(word)) throw notReadable(key, `${JSON.stringify(word)} is not a name`);
    return;
  }
  try {
    const atom = parseAtom(word);
    if (atom.kind === 'package' && needsEapi(atom) <= eapi) return;
  } catch (error) {
    throw notReadable(key, error instanceof Error ? error.message : String(error));
  }
  throw notReadable(key, `${JSON.stringify(word)} is not allowed in EAPI ${eapi}`);
}

/** The first EAPI that allows such an atom in a package. */
function needsEapi({ repository, slot, subSlot, slotOperator, use, blocks }: PackageAtom): number {
  const contradicts = use.some((one) => use.some((other) => one.flag === other.flag && one.missing !== other.missing));
  if (repository !== undefined || contradicts) return Number.POSITIVE_INFINITY;
  if (subSlot !== undefined || slotOperator !== undefined) return 5;
  if (use.some(({ missing }) => missing !== undefined)) return 4;
  if (use.length > 0 || blocks === 'strong') return 2;
  return slot === undefined ? 0 : 1;
}

/** `x86_64: libc.so.6 libm.so.6 x86_32: ...`: each category once and not empty. */
function checkSonames(key: string, words: readonly string[]): void {
  const categories = words.filter((word) => word.endsWith(':'));
  const empty = words.some((word, at) => word.endsWith(':') && (words[at + 1] ?? ':').endsWith(':'));
  if (empty || new Set(categories).size !== categories.length || (words[0] ?? ':').endsWith(':') === false) {
    throw notReadable(key, 'it is not a list of libraries by architecture');
  }
}

function notReadable(key: string, why: string): SwarmError {
  return new SwarmError('SW4003', `${key} in the package cannot be used: ${why}`);
}
