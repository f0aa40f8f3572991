import type { KeyPress } from '../terminal/read-keys.ts';

const PAGE_LINES = 10;

/** How far a key moves: so many lines, or to an end. Undefined: it does not move. */
export function keyStep(key: KeyPress): number | 'start' | 'end' | undefined {
  if (key.name === 'up' || key.text === 'k') return -1;
  if (key.name === 'down' || key.text === 'j') return 1;
  if (key.name === 'pageup') return -PAGE_LINES;
  if (key.name === 'pagedown') return PAGE_LINES;
  if (key.name === 'home' || key.text === 'g') return 'start';
  return key.name === 'end' || key.text === 'G' ? 'end' : undefined;
}

/** The index after a step, kept within a list of `total` entries. */
export function moveIndex(index: number, step: number | 'start' | 'end', total: number): number {
  const next = step === 'start' ? 0 : step === 'end' ? total - 1 : index + step;
  return Math.max(0, Math.min(total - 1, next));
}
