import { createHash } from 'node:crypto';

/** A number from 0 up to `count` - 1 that depends on the seed alone. */
export function seededNumber(seed: string, count: number): number {
  return Number(BigInt(`0x${createHash('sha256').update(seed).digest('hex')}`) % BigInt(count));
}

/** The entries in an order that depends on the seed and on their number alone. */
export function shuffleBySeed<T>(list: readonly T[], seed: string): readonly T[] {
  const shuffled = [...list];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const at = seededNumber(`${seed} ${i}`, i + 1);
    [shuffled[i], shuffled[at]] = [shuffled[at] as T, shuffled[i] as T];
  }
  return shuffled;
}
