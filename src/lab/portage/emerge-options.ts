/** What was asked of emerge, after Portage's own reading of its command line. */
export interface EmergeRequest {
  readonly atoms: readonly string[];
  /** Long names without dashes, to `true` or the value given; repeated ones joined by spaces. */
  readonly options: ReadonlyMap<string, string | true>;
}

const SHORT_OPTIONS: Readonly<Record<string, string>> = {
  '1': 'oneshot',
  a: 'ask',
  b: 'buildpkg',
  B: 'buildpkgonly',
  C: 'unmerge',
  c: 'depclean',
  d: 'debug',
  D: 'deep',
  e: 'emptytree',
  f: 'fetchonly',
  g: 'getbinpkg',
  G: 'getbinpkgonly',
  k: 'usepkg',
  K: 'usepkgonly',
  l: 'changelog',
  n: 'noreplace',
  N: 'newuse',
  o: 'onlydeps',
  O: 'nodeps',
  p: 'pretend',
  q: 'quiet',
  s: 'search',
  t: 'tree',
  u: 'update',
  U: 'changed-use',
  v: 'verbose',
  V: 'version',
};
const FLAG_OPTIONS = new Set([
  ...Object.values(SHORT_OPTIONS),
  ...'columns debug ignore-default-opts info keep-going nospinner noconfmem regen resume skipfirst sync tree nodeps'.split(' '),
  ...'changed-use buildpkgonly fetch-all-uri autounmask autounmask-write autounmask-continue unordered-display prune metadata'.split(' '),
]);
/** May stand alone or with y, n or a number, as `=value` or as the next word. */
const OPTIONAL_VALUE_OPTIONS = new Set(
  `alert ask autounmask autounmask-continue autounmask-write binpkg-changed-deps binpkg-respect-use buildpkg changed-deps
   complete-graph deep fail-clean getbinpkg getbinpkgonly jobs keep-going load-average onlydeps-with-rdeps package-moves quiet
   quiet-build quiet-fail rebuilt-binaries root-deps select selective usepkg usepkgonly verbose verbose-conflicts with-test-deps
   use-ebuild-visibility autounmask-use autounmask-keep-keywords autounmask-keep-masks autounmask-license binpkg-respect-use`.split(/\s+/),
);
/** Always with a value. */
const VALUE_OPTIONS = new Set(
  `accept-properties accept-restrict backtrack buildpkg-exclude color config-root exclude getbinpkg-exclude getbinpkg-include
   misspell-suggestions prefix reinstall reinstall-atoms root sync-submodule sysroot usepkg-exclude usepkg-include
   useoldpkg-atoms with-bdeps jobserver-fifo rebuild-exclude`.split(/\s+/),
);

/** Throws RangeError with argparse's words where Portage would exit with 2. */
export function parseEmergeArgs(argv: readonly string[]): EmergeRequest {
  const options = new Map<string, string | true>();
  const atoms: string[] = [];
  const unknown: string[] = [];
  const words = argv.flatMap(splitShortOptions);
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (!word.startsWith('--')) {
      atoms.push(word);
      continue;
    }
    const [, name = '', given] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const next = words[i + 1];
    const set = (value: string | true): void => {
      const before = options.get(name);
      const joined = VALUE_OPTIONS.has(name) && typeof before === 'string' ? `${before} ${value}` : value;
      options.set(name, joined);
    };
    if (given !== undefined && (VALUE_OPTIONS.has(name) || OPTIONAL_VALUE_OPTIONS.has(name))) set(given);
    else if (VALUE_OPTIONS.has(name)) {
      if (next === undefined) throw new RangeError(`argument --${name}: expected one argument`);
      set(next);
      i++;
    } else if (OPTIONAL_VALUE_OPTIONS.has(name) && next !== undefined && /^(?:y|n|True|False|\d+(?:\.\d+)?)$/.test(next)) {
      set(next);
      i++;
    } else if (FLAG_OPTIONS.has(name) || OPTIONAL_VALUE_OPTIONS.has(name)) set(true);
    else unknown.push(word);
  }
  if (unknown.length > 0) throw new RangeError(`unrecognized arguments: ${unknown.join(' ')}`);
  return { atoms, options };
}

/** `-1bv` as words; `-j4` with its number. An unknown letter stays, and is refused. */
function splitShortOptions(word: string): string[] {
  if (!/^-[^-]/.test(word)) return [word];
  const jobs = /^-j(\d*)$/.exec(word);
  if (jobs !== null) return [jobs[1] === '' ? '--jobs' : `--jobs=${jobs[1]}`];
  return [...word.slice(1)].map((letter) => `--${SHORT_OPTIONS[letter] ?? `-${letter}`}`);
}

/** On unless it says n. */
export function isOptionOn(request: EmergeRequest, ...names: readonly string[]): boolean {
  return names.some((name) => {
    const value = request.options.get(name);
    return value !== undefined && value !== 'n' && value !== 'False';
  });
}
