/** Octal digits, or symbolic as chmod(1) takes it: `u=rw,go=r`, `a+X`, `g=u`. */
export const MODE_PATTERN = /^(0?[0-7]{3,4}|[ugoa]*([-+=]([rwxXst]*|[ugo]))+(,[ugoa]*([-+=]([rwxXst]*|[ugo]))+)*)$/;

/** The four octal digits that a mode gives to a path which has `current`. Without u, g, o or a, a clause is for all, whatever the umask is. */
export function resolveMode(mode: string, current: string, isDirectory: boolean): string {
  if (/^[0-7]+$/.test(mode)) return mode.slice(-4).padStart(4, '0');
  let bits = Number.parseInt(current, 8);
  for (const clause of mode.split(',')) {
    const [, who = '', steps = ''] = /^([ugoa]*)(.*)$/.exec(clause) ?? [];
    const classes = who === '' || who.includes('a') ? 'ugo' : who;
    for (const [, operator, letters = ''] of steps.matchAll(/([-+=])([ugo](?![rwxXst])|[rwxXst]*)/g)) {
      const named = bitsOf(/^[ugo]$/.test(letters) ? lettersOf(letters, bits) : letters, classes, isDirectory || (bits & 0o111) !== 0);
      if (operator === '-') bits &= ~named;
      else bits = (operator === '=' ? bits & ~bitsOf(isDirectory ? 'rwx' : 'rwxs', classes, true) : bits) | named;
    }
  }
  return bits.toString(8).padStart(4, '0');
}

/** The letters of what one class may do: `g=u`. */
const lettersOf = (from: string, bits: number): string =>
  Object.entries(LETTERS)
    .flatMap(([letter, bit]) => (((bits >> (SHIFTS[from] ?? 0)) & bit) === 0 ? [] : [letter]))
    .join('');

const SHIFTS: Readonly<Record<string, number>> = { u: 6, g: 3, o: 0 };
const LETTERS: Readonly<Record<string, number>> = { r: 4, w: 2, x: 1 };

function bitsOf(letters: string, classes: string, canExecute: boolean): number {
  let bits = letters.includes('t') ? 0o1000 : 0;
  for (const each of classes) {
    if (letters.includes('s') && each !== 'o') bits |= each === 'u' ? 0o4000 : 0o2000;
    for (const letter of letters.replace('X', canExecute ? 'x' : '')) bits |= (LETTERS[letter] ?? 0) << (SHIFTS[each] ?? 0);
  }
  return bits;
}
