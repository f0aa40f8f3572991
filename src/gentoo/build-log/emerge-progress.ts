/** The progress that a line of emerge's output shows. */
export interface EmergeProgress {
  /** resolve, fetch, unpack, prepare, configure, compile, test, install, package, merge, binary, start, done, failed; jobs for the total. */
  readonly phase: string;
  /** The package, category/name-version, if the line names it. */
  readonly subject?: string;
  /** Finished packages and all packages, if the line has them. */
  readonly done?: number;
  readonly total?: number;
  /** Of a Jobs line. */
  readonly running?: number;
  readonly failed?: number;
}

/** CSI, OSC and the other string sequences (ended or not), two-byte escapes, C0 but tab, DEL, C1. */
const CONTROLS =
  /\x1b\[[0-?]*[ -/]*[@-~]?|\x1b[\]PX^_](?:[^\x07\x1b\x9c]|\x1b(?!\\))*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]?|[\x00-\x08\x0a-\x1f\x7f-\x9f]/g;

/** One line without colours, cursor movements and other control characters; of text overwritten with CR, the last state. */
export function stripControls(line: string): string {
  const shown = line.replace(/[\r\n]+$/, '');
  return shown.slice(shown.lastIndexOf('\r') + 1).replace(CONTROLS, '');
}

const STEPS: Readonly<Record<string, { readonly phase: string; readonly complete: 0 | 1 }>> = {
  Emerging: { phase: 'start', complete: 0 },
  'Emerging binary': { phase: 'binary', complete: 0 },
  Installing: { phase: 'merge', complete: 0 },
  Completed: { phase: 'done', complete: 1 },
};

/** What ebuild.sh prints when it starts a phase. The package is that of the last start. */
const PHASES: readonly (readonly [RegExp, string])[] = [
  [/^Calculating dependencies/, 'resolve'],
  [/^>>> Downloading /, 'fetch'],
  [/^>>> Unpacking source/, 'unpack'],
  [/^>>> Preparing source/, 'prepare'],
  [/^>>> Configuring source/, 'configure'],
  [/^>>> Compiling source/, 'compile'],
  [/^>>> Test phase/, 'test'],
  [/^>>> Install \S+ into /, 'install'],
  [/^>>> Creating binpkg/, 'package'],
];

/** Reads one line, with or without colours. Undefined when it shows no progress. */
export function parseEmergeLine(line: string): EmergeProgress | undefined {
  const text = stripControls(line);
  if (!text.startsWith('>>> ')) return text.startsWith('Calculating dependencies') ? { phase: 'resolve' } : undefined;
  return readStep(text) ?? readJobs(text) ?? readFailure(text) ?? readPhase(text);
}

function readStep(text: string): EmergeProgress | undefined {
  const [, word = '', n, of, subject] =
    /^>>> (Emerging binary|Emerging|Installing|Completed) \((\d+) of (\d+)\) (\S+?)(?:::\S+)?(?: .*)?$/.exec(text) ?? [];
  const step = STEPS[word];
  if (step === undefined || subject === undefined) return undefined;
  return { phase: step.phase, subject, done: Number(n) - 1 + step.complete, total: Number(of) };
}

function readJobs(text: string): EmergeProgress | undefined {
  const [, done, total, rest = ''] = /^>>> Jobs: (\d+) of (\d+) complete(.*)$/.exec(text) ?? [];
  if (done === undefined) return undefined;
  const count = (what: string): number => Number(new RegExp(`(\\d+) ${what}`).exec(rest)?.[1] ?? 0);
  return { phase: 'jobs', done: Number(done), total: Number(total), running: count('running'), failed: count('failed') };
}

function readFailure(text: string): EmergeProgress | undefined {
  const [, subject] = /^>>> Failed to (?:emerge|install) ([^\s,]+)/.exec(text) ?? [];
  return subject === undefined ? undefined : { phase: 'failed', subject: subject.replace(/::.*$/, '') };
}

function readPhase(text: string): EmergeProgress | undefined {
  const found = PHASES.find(([shape]) => shape.test(text));
  if (!found) return undefined;
  const [, subject] = /^>>> (?:Install|Test phase:) ([^\s/]+\/\S+)/.exec(text) ?? [];
  return { phase: found[1], ...(subject === undefined ? {} : { subject }) };
}
