import { SwarmError } from '../../core/error.ts';

/** -f: a whole number from 1 on; 32 where nothing was said. Throws SW1202. */
export function parseForks(text: string | undefined): number {
  if (text === undefined) return 32;
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new SwarmError('SW1202', `--forks ${text} is not a whole number from 1 on`, { hint: 'for example: --forks 8' });
}

/** Does the work for each, so many at a time; ends when all have ended. The work must not throw. */
export async function forEachLimited<T>(all: readonly T[], forks: number, work: (each: T) => Promise<void>): Promise<void> {
  const remaining = all.values();
  const worker = async (): Promise<void> => {
    for (const each of remaining) await work(each);
  };
  await Promise.all(Array.from({ length: Math.min(forks, all.length) }, worker));
}
