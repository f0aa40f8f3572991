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
  readonly all: readonly number[];
}

/** Runs all in turn, round after round (a first one does not count), so that a slow moment of the machine hits everyone. Seconds. A run of
 *  another program that fails is told, and not counted. */
export async function race(runners: readonly Runner[], rounds: number): Promise<readonly Timing[]> {
  const times = new Map<string, number[]>(runners.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const runner of runners) {
      await runner.prepare?.();
      const seconds = await timed(runner).catch((error: Error) => {
        if (/^(?:floor|swarm)/.test(runner.name)) throw error;
        console.log(error.message.slice(0, 400));
      });
      if (round > 0 && seconds !== undefined) times.get(runner.name)?.push(seconds);
    }
  }
  return runners.map(({ name }) => ({ name, all: times.get(name) ?? [], median: median(times.get(name) ?? []) }));
}

async function timed({ name, argv: [program, ...args], env }: Runner): Promise<number> {
  const start = performance.now();
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  child.stdout.on('data', (data) => (text += data));
  child.stderr.on('data', (data) => (text += data));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${name} ended with ${code}:\n${text.slice(-2000)}`);
  return (performance.now() - start) / 1000;
}

export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** A table: seconds, and how many times as long as the first. */
export function table(title: string, timings: readonly Timing[]): string {
  const [first] = timings;
  const rows = timings.map(({ name, median: seconds, all }) => {
    const spread = `${Math.min(...all).toFixed(2)}–${Math.max(...all).toFixed(2)}`;
    return `  ${name.padEnd(36)} ${seconds.toFixed(3).padStart(8)} s  ${`× ${(seconds / (first?.median ?? 1)).toFixed(1)}`.padStart(8)}   (${spread})`;
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
  const secondsOf = (name: string): number | undefined => timings.find((each) => each.name === name)?.median;
  const mine = secondsOf(ours) ?? Number.NaN;
  const lines = wanted.flatMap(({ against, atLeast, atMost }) => {
    const theirs = secondsOf(against);
    if (theirs === undefined) return [];
    const [ratio, target, good] =
      atLeast === undefined
        ? [`${(mine / theirs).toFixed(2)} times the time of`, `aim: at most ${atMost}`, mine / theirs <= (atMost ?? 0)]
        : [`${(theirs / mine).toFixed(1)} times as quick as`, `at least ${atLeast}`, theirs / mine >= atLeast];
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
