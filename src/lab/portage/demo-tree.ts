/** One ebuild of the demo tree. Dependencies are written as in an ebuild. */
export interface DemoEbuild {
  readonly cpv: string;
  readonly about: string;
  /** Of the compile phase at LAB_SPEED=1. */
  readonly seconds: number;
  /** C sources that are compiled; 0: nothing to compile, as in a virtual. */
  readonly sources: number;
  /** KiB of data, which does not compress, in the installed files. */
  readonly data: number;
  /** Slot, with a sub-slot after a slash; default 0. */
  readonly slot?: string;
  /** `+` marks what is on by default. */
  readonly iuse?: string;
  readonly depend?: string;
  readonly bdepend?: string;
  readonly rdepend?: string;
  readonly pdepend?: string;
  /** Only these, in Portage's words; default: stable here. */
  readonly keywords?: '~';
  readonly license?: string;
  readonly restrict?: string;
  /** The comment in package.mask. */
  readonly mask?: string;
  /** The compiler meets a header that is not there. */
  readonly fails?: true;
  /** A distfile that nobody has. */
  readonly lost?: string;
}

/** The name of the tree as a repository. */
export const DEMO_REPOSITORY = 'demo';

/** What `emerge` of a lab drone knows. desktop needs nearly all of it; the last ones show how things go wrong. */
export const DEMO_TREE: readonly DemoEbuild[] = [
  { cpv: 'demo-libs/base-2.1-r1', slot: '0/2', about: 'Containers and strings', seconds: 0.6, sources: 4, data: 8, iuse: 'static-libs' },
  { cpv: 'demo-libs/base-1.9', slot: '0/1', about: 'Containers and strings', seconds: 0.6, sources: 3, data: 6 },
  { cpv: 'demo-dev/generator-1.4', about: 'Writes code that nobody wants to write', seconds: 0.6, sources: 3, data: 4 },
  {
    cpv: 'demo-libs/zip-1.3.1',
    about: 'Smaller bytes',
    seconds: 0.5,
    sources: 3,
    data: 12,
    depend: 'demo-libs/base:=',
    rdepend: 'demo-libs/base:=',
  },
  { cpv: 'demo-libs/text-0.9_rc2', about: 'Letters in rows', seconds: 0.7, sources: 5, data: 40, rdepend: 'demo-libs/base' },
  {
    cpv: 'demo-libs/vector-3.0',
    slot: '3',
    about: 'Lines that scale',
    seconds: 0.5,
    sources: 4,
    data: 16,
    depend: 'demo-libs/base',
    rdepend: 'demo-libs/base',
  },
  {
    cpv: 'demo-libs/draw-3.2',
    about: 'Pictures on screens',
    seconds: 0.9,
    sources: 6,
    data: 64,
    iuse: '+png svg doc',
    depend: 'demo-libs/base demo-libs/zip',
    bdepend: 'demo-dev/generator',
    rdepend: 'demo-libs/base png? ( demo-libs/zip ) svg? ( demo-libs/vector:3 )',
  },
  {
    cpv: 'demo-libs/net-1.14.2',
    about: 'Bytes over wires',
    seconds: 0.8,
    sources: 5,
    data: 24,
    iuse: '+ssl http2',
    depend: 'demo-libs/base',
    rdepend: 'demo-libs/base demo-libs/zip',
  },
  { cpv: 'virtual/canvas-1', about: 'Virtual for something to draw on', seconds: 0, sources: 0, data: 0, rdepend: '|| ( demo-libs/draw )' },
  {
    cpv: 'demo-app/editor-5.0.1',
    about: 'Changes text',
    seconds: 0.9,
    sources: 6,
    data: 32,
    iuse: 'spell',
    depend: 'demo-libs/text virtual/canvas',
    rdepend: 'demo-libs/text virtual/canvas',
  },
  { cpv: 'demo-app/fetch-8.9', about: 'Gets files', seconds: 0.6, sources: 3, data: 8, depend: 'demo-libs/net', rdepend: 'demo-libs/net' },
  {
    cpv: 'demo-app/browser-128.4.0',
    about: 'The big one',
    seconds: 2.4,
    sources: 12,
    data: 512,
    iuse: 'telemetry',
    depend: 'demo-libs/net demo-libs/text virtual/canvas',
    bdepend: 'demo-dev/generator',
    rdepend: 'demo-libs/net demo-libs/text virtual/canvas',
  },
  {
    cpv: 'demo-app/desktop-1',
    about: 'All of it together',
    seconds: 0,
    sources: 0,
    data: 1,
    rdepend: 'demo-app/editor demo-app/fetch demo-app/browser',
  },
  { cpv: 'demo-app/slow-1.0', about: 'Takes a minute', seconds: 60, sources: 30, data: 4, rdepend: 'demo-libs/base' },
  { cpv: 'demo-app/broken-1.0', about: 'Does not compile', seconds: 0.4, sources: 3, data: 1, depend: 'demo-libs/base', fails: true },
  { cpv: 'demo-app/on-broken-1.0', about: 'Needs what does not compile', seconds: 0.4, sources: 2, data: 1, rdepend: 'demo-app/broken' },
  { cpv: 'demo-app/lost-2.0', about: 'Its source is gone', seconds: 0.4, sources: 2, data: 1, lost: 'lost-2.0.tar.gz' },
  {
    cpv: 'demo-app/masked-1.0',
    about: 'Masked',
    seconds: 0.4,
    sources: 2,
    data: 1,
    mask: 'Masked on purpose, to show what a mask looks like.',
  },
  { cpv: 'demo-app/testing-0.1', about: 'Not yet stable', seconds: 0.4, sources: 2, data: 1, keywords: '~' },
  { cpv: 'demo-app/licensed-1.0', about: 'With a licence to agree to', seconds: 0.4, sources: 2, data: 1, license: 'DEMO-EULA' },
  { cpv: 'demo-app/restricted-1.0', about: 'Not to be handed on', seconds: 0.4, sources: 2, data: 1, restrict: 'bindist' },
  { cpv: 'demo-app/poster-1.0', about: 'Wants draw[svg]', seconds: 0.4, sources: 2, data: 1, rdepend: 'demo-libs/draw[svg]' },
  { cpv: 'demo-app/orphan-1.0', about: 'Needs what does not exist', seconds: 0.4, sources: 2, data: 1, rdepend: 'demo-libs/nowhere' },
  { cpv: 'demo-libs/hen-1.0', about: 'Needs the egg first', seconds: 0.4, sources: 2, data: 1, depend: 'demo-libs/egg' },
  { cpv: 'demo-libs/egg-1.0', about: 'Needs the hen first', seconds: 0.4, sources: 2, data: 1, depend: 'demo-libs/hen' },
];
