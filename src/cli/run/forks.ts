import { SwarmError } from '../../core/error/swarm-error.ts';

/** -f: a whole number from 1 on; 32 by default. Throws SW1202. */
export function parseForks(text: string | undefined): number {
  if (text === undefined) return 32;
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new SwarmError('SW1202', `--forks ${text} is not a whole number above 0.`, { hint: 'Write for example: --forks 8' });
}
