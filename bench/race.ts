import { spawn } from 'node:child_process';

/** One way to do the work: a command line, timed as a whole process. */
export interface Runner {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
  /** Before each timed run, untimed. */
  readonly prepare?: () => Promise<void> | void;
}

export interface Timing {
  readonly name: string;
  readonly median: number;
  /** By round; undefined where none was counted. */
  readonly all: readonly (number | undefined)[];
  /** It was ended before its work was done. */
  readonly ended: boolean;
}

/** A peer that took longer is not run again: its ratio is known, and it would take most of the time. */
const SLOW_SECONDS = 15;
/** A peer that takes longer is ended, and counts as if it had needed just so long. */
const LIMIT_SECONDS = Number(process.env['BENCH_LIMIT'] ?? 60);

const isOurs = ({ name }: Pick<Runner, 'name'>): boolean => /^(?:floor|swarm|node)/.test(name);

/** The floor, swarm, and those peers whose names have one of the words, with commas between: `mitogen,rsync`. No words: all peers. */
export const choosePeers = (runners: readonly Runner[], words = ''): readonly Runner[] =>
  runners.filter((each) => isOurs(each) || words === '' || words.split(',').some((word) => each.name.includes(word)));

/** Runs all in turn, round after round (a first one does not count), so that a slow moment of the machine hits everyone. Seconds, each printed
 *  as it is known. A run of another program that fails is told, and not counted. */
export async function race(runners: readonly Runner[], rounds: number): Promise<readonly Timing[]> {
  const times = new Map<Runner, (number | undefined)[]>(runners.map((each) => [each, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [runner, all] of times) {
      if (round > 0 && !isOurs(runner) && (all[0] ?? LIMIT_SECONDS) > SLOW_SECONDS) continue;
      await runner.prepare?.();
      all[round] = await timed(runner).catch((error: Error) => {
        if (isOurs(runner)) throw error;
        console.log(error.message.slice(0, 400));
        return undefined;
      });
      console.log(`    round ${round}  ${runner.name.padEnd(36)} ${all[round]?.toFixed(2) ?? '-'} s`);
    }
  }
  return [...times].map(([{ name }, all]) => {
    const counted = all.some((each, round) => round > 0 && each !== undefined)
      ? all.map((each, round) => (round > 0 ? each : undefined))
      : all;
    const known = counted.filter((each) => each !== undefined);
    return { name, all: counted, median: median(known), ended: known.includes(LIMIT_SECONDS) };
  });
}

async function timed(runner: Runner): Promise<number> {
  const {
    name,
    argv: [program, ...args],
    env,
  } = runner;
  const start = performance.now();
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let text = '';
  child.stdout.on('data', (data) => (text += data));
  child.stderr.on('data', (data) => (text += data));
  let ended = false;
  const end = (): void => {
    ended = true;
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL'); // with the processes that it started
  };
  const timer = isOurs(runner) ? undefined : setTimeout(end, LIMIT_SECONDS * 1000);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).finally(() => clearTimeout(timer));
  if (ended) return LIMIT_SECONDS;
  if (code !== 0) throw new Error(`${name} ended with ${code}:\n${text.slice(-2000)}`);
  return (performance.now() - start) / 1000;
}

export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** How many times as long as another: the median of the rounds, each with its own ratio, so that other work on the machine counts less. */
function ratioOf(one: Timing, other: Timing): number {
  const ratios = one.all.flatMap((seconds, round) => {
    const against = other.all[round];
    return seconds === undefined || against === undefined ? [] : [seconds / against];
  });
  return ratios.length > 0 ? median(ratios) : one.median / other.median;
}

/** A table: seconds, and how many times as long as the first. */
export function table(title: string, timings: readonly Timing[]): string {
  const [first] = timings;
  const rows = timings.flatMap((timing) => {
    if (Number.isNaN(timing.median)) return [];
    const counted = timing.all.filter((each) => each !== undefined);
    const spread = `${Math.min(...counted).toFixed(2)}–${Math.max(...counted).toFixed(2)}`;
    const ratio = `× ${ratioOf(timing, first ?? timing).toFixed(1)}`;
    const end = timing.ended ? 'ended there, not done' : spread;
    return `  ${timing.name.padEnd(36)} ${timing.median.toFixed(3).padStart(8)} s  ${ratio.padStart(8)}   (${end})`;
  });
  return [title, ...rows, ''].join('\n');
}

/** What one runner has to reach: so many times as quick as another, or as long as the floor times so much. */
export interface Goal {
  readonly against: string;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** A line for each goal whose other side ran, with the target beside. */
export function goals(ours: string, timings: readonly Timing[], wanted: readonly Goal[]): string {
  const find = (name: string): Timing | undefined => timings.find((each) => each.name === name && !Number.isNaN(each.median));
  const mine = find(ours);
  const lines = wanted.flatMap(({ against, atLeast, atMost }) => {
    const theirs = find(against);
    if (mine === undefined || theirs === undefined) return [];
    const [slower, quicker] = [ratioOf(mine, theirs), ratioOf(theirs, mine)];
    const [ratio, target, good] =
      atLeast === undefined
        ? [`${slower.toFixed(2)} times the time of`, `aim: at most ${atMost}`, slower <= (atMost ?? 0)]
        : [`${theirs.ended ? 'more than ' : ''}${quicker.toFixed(1)} times as quick as`, `at least ${atLeast}`, quicker >= atLeast];
    return [`  ${good ? 'reached' : 'MISSED '}  ${ours}: ${ratio} ${against} (${target})`];
  });
  return [...lines, ''].join('\n');
}

/** Is the program on PATH? */
export function has(program: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    child.once('close', (code) => resolve(code === 0));
  });
}
