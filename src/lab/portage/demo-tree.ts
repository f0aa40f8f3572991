/** What a package of the demo tree needs: a name, or a name with more to ask for. */
export type Dependency = string | { readonly name: string; readonly slotOperator?: true; readonly use?: string };

/** One ebuild of the demo tree, as values: nothing of it is parsed. */
export interface DemoEbuild {
  /** `category/name`. */
  readonly name: string;
  readonly version: string;
  readonly about: string;
  /** How long its compile phase takes at LAB_SPEED=1. */
  readonly seconds: number;
  /** C sources that it claims to compile. */
  readonly sources: number;
  /** KiB of data, which does not compress, in what is installed. */
  readonly data: number;
  readonly slot?: string;
  readonly subSlot?: string;
  /** USE flags, and whether they are on. */
  readonly flags?: Readonly<Record<string, boolean>>;
  readonly bdepend?: readonly Dependency[];
  readonly depend?: readonly Dependency[];
  readonly rdepend?: readonly Dependency[];
  readonly testing?: true;
  readonly license?: string;
  readonly restrict?: string;
  /** The comment in package.mask. */
  readonly mask?: string;
  /** The compiler does not find a header. */
  readonly fails?: true;
  /** A source archive that cannot be downloaded. */
  readonly lost?: string;
}

/** The name of the tree as a repository. */
export const DEMO_REPOSITORY = 'demo';
export const DEMO_SETS: Readonly<Record<string, readonly string[]>> = { system: ['demo-libs/base'], world: ['demo-app/desktop'] };

const BASE = ['demo-libs/base'];
const BOUND_BASE: readonly Dependency[] = [{ name: 'demo-libs/base', slotOperator: true }];
const CANVAS = ['demo-libs/text', 'virtual/canvas'];
const WEB = ['demo-libs/net', ...CANVAS];
const small = { seconds: 0.4, sources: 2, data: 1 };

/** What `emerge` of a lab drone knows; of a name the newest version first. desktop needs nearly all of it; the last ones show how
 *  things go wrong. */
export const DEMO_TREE: readonly DemoEbuild[] = [
  { name: 'demo-libs/base', version: '2.1-r1', subSlot: '2', about: 'Containers and strings', seconds: 0.6, sources: 4, data: 8 },
  { name: 'demo-libs/base', version: '1.9', subSlot: '1', about: 'Containers and strings', seconds: 0.6, sources: 3, data: 6 },
  { name: 'demo-dev/generator', version: '1.4', about: 'Writes code that nobody wants to write', seconds: 0.6, sources: 3, data: 8 },
  {
    name: 'demo-libs/zip',
    version: '1.3.1',
    about: 'Smaller bytes',
    seconds: 0.5,
    sources: 3,
    data: 12,
    depend: BOUND_BASE,
    rdepend: BOUND_BASE,
  },
  { name: 'demo-libs/text', version: '0.9_rc2', about: 'Letters in rows', seconds: 0.7, sources: 5, data: 40, rdepend: BASE },
  {
    name: 'demo-libs/vector',
    version: '3.0',
    slot: '3',
    about: 'Lines that scale',
    seconds: 0.5,
    sources: 4,
    data: 16,
    depend: BASE,
    rdepend: BASE,
  },
  {
    name: 'demo-libs/draw',
    version: '3.2',
    about: 'Pictures on screens',
    seconds: 0.9,
    sources: 6,
    data: 64,
    flags: { doc: false, png: true, svg: false },
    bdepend: ['demo-dev/generator'],
    depend: ['demo-libs/base', 'demo-libs/zip'],
    rdepend: ['demo-libs/base', 'demo-libs/zip'],
  },
  {
    name: 'demo-libs/net',
    version: '1.14.2',
    about: 'Bytes over wires',
    seconds: 0.8,
    sources: 5,
    data: 24,
    flags: { http2: false, ssl: true },
    depend: BASE,
    rdepend: ['demo-libs/base', 'demo-libs/zip'],
  },
  {
    name: 'virtual/canvas',
    version: '1',
    about: 'Virtual for something to draw on',
    seconds: 0,
    sources: 0,
    data: 0,
    rdepend: ['demo-libs/draw'],
  },
  { name: 'demo-app/editor', version: '5.0.1', about: 'Changes text', seconds: 0.9, sources: 6, data: 32, depend: CANVAS, rdepend: CANVAS },
  {
    name: 'demo-app/fetch',
    version: '8.9',
    about: 'Gets files',
    seconds: 0.6,
    sources: 3,
    data: 8,
    depend: ['demo-libs/net'],
    rdepend: ['demo-libs/net'],
  },
  {
    name: 'demo-app/browser',
    version: '128.4.0',
    about: 'The big one',
    seconds: 2.4,
    sources: 12,
    data: 512,
    bdepend: ['demo-dev/generator'],
    depend: WEB,
    rdepend: WEB,
  },
  {
    name: 'demo-app/desktop',
    version: '1',
    about: 'All of it together',
    seconds: 0,
    sources: 0,
    data: 1,
    rdepend: ['demo-app/editor', 'demo-app/fetch', 'demo-app/browser'],
  },
  { name: 'demo-app/slow', version: '1.0', about: 'Takes a minute', seconds: 60, sources: 30, data: 4, rdepend: BASE },
  { ...small, name: 'demo-app/broken', version: '1.0', about: 'Does not compile', depend: BASE, fails: true },
  { ...small, name: 'demo-app/lost', version: '2.0', about: 'Its source is gone', lost: 'lost-2.0.tar.gz' },
  { ...small, name: 'demo-app/masked', version: '1.0', about: 'Masked', mask: 'Masked on purpose, to show what a mask looks like.' },
  { ...small, name: 'demo-app/testing', version: '0.1', about: 'Not yet stable', testing: true },
  { ...small, name: 'demo-app/licensed', version: '1.0', about: 'With a licence to agree to', license: 'DEMO-EULA' },
  { ...small, name: 'demo-app/restricted', version: '1.0', about: 'Not to be handed on', restrict: 'bindist' },
  { ...small, name: 'demo-app/poster', version: '1.0', about: 'Wants draw[svg]', rdepend: [{ name: 'demo-libs/draw', use: 'svg' }] },
  { ...small, name: 'demo-app/orphan', version: '1.0', about: 'Needs what does not exist', rdepend: ['demo-libs/nowhere'] },
  { ...small, name: 'demo-libs/hen', version: '1.0', about: 'Needs the egg first', depend: ['demo-libs/egg'] },
  { ...small, name: 'demo-libs/egg', version: '1.0', about: 'Needs the hen first', depend: ['demo-libs/hen'] },
];
