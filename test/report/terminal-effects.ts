import type { Random } from '../remote/seeded-random.ts';

/** What a terminal would do with this text beside putting characters into cells of the line it is on: the first such thing. ECMA-48
 *  controls and sequences, and what Unicode hides or reorders. Line ends are the program's own. */
export function findTerminalEffect(text: string): string | undefined {
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    if (point === 0x0a) continue;
    if (point < 0x20) return `C0 ${point.toString(16)}`;
    if (point === 0x7f) return 'DEL';
    if (point >= 0x80 && point < 0xa0) return `C1 ${point.toString(16)}`;
    if (point >= 0xd800 && point < 0xe000) return 'half a character';
    if (HIDDEN.test(character)) return `U+${point.toString(16)}`;
  }
  return undefined;
}

// written out, not taken from the product: bidi controls, zero width, separators, tags, fillers, variation selectors but the emoji one
const HIDDEN =
  /\u034f|\u17b4|\u17b5|[\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/u;

const CRAFTED = [
  '\x1b[31m',
  '\x1b[2J',
  '\x1b[H',
  '\x1b[999;999H',
  '\x1b[?1049h',
  '\x1b[?25l',
  '\x1b[6n',
  '\x1b[5i',
  '\x1b[20t',
  '\x1b[>c',
  '\x1b[!p',
  '\x1b[1;1r',
  '\x1b]0;title\x07',
  '\x1b]52;c;cm0gLXJmIC8=\x07',
  '\x1b]8;;http://evil\x1b\\',
  '\x1b]4;1;?\x07',
  '\x1b]1337;File=:AAAA\x07',
  '\x1b]777;notify;a;b\x1b\\',
  '\x1bP+q544e\x1b\\',
  '\x1bP$q"p\x1b\\',
  '\x1b_Gf=24;AAAA\x1b\\',
  '\x1b^pm\x1b\\',
  '\x1bXsos\x1b\\',
  '\x1bc',
  '\x1b7',
  '\x1b8',
  '\x1bM',
  '\x1bD',
  '\x1bE',
  '\x1b#8',
  '\x1b(0',
  '\x1b%G',
  '\x1bN',
  '\x1bO',
  '\x9b31m',
  '\x9d0;t\x9c',
  '\x90q\x9c',
  '\x85',
  '\x84',
  '\x8d',
  '\x9c',
  '\x1b',
  '\x1b[',
  '\x1b]',
  '\x1b]52;c;',
  '\x1bP',
  '\x1b[\x1b[',
  '\x1b\x1b',
  '\x1b[1\x18',
  '\x1b]0;\x1a',
  '\x1b[38;2;',
  '[31m',
  '\\x1b[0m',
  '\x07',
  '\x08',
  '\x0b',
  '\x0c',
  '\x0e',
  '\x0f',
  '\x00',
  '\x05',
  '\x11',
  '\x13',
  '\x7f',
  '\r',
  '\r\n',
  '\n',
  '\t',
  '\u202e',
  '\u2066',
  '\u200b',
  '\u200d',
  '\ufeff',
  '\u2028',
  '\u2029',
  '\u00ad',
  '\u061c',
  '\u180e',
  '\u3164',
  '\u{e0041}',
  '\u{1d173}',
  '\ufff9',
  '\u0301',
  '\u0489',
  '\ufe0f',
  '\ud800',
  '\udc00',
  '🚀',
  '👨‍👩‍👧',
  '漢',
  'ﷺ',
  'x',
  ' ',
  'm',
  ';',
  '0',
] as const;

/** What a hostile host might print or call itself: bytes read as UTF-8 or Latin-1, code units, sequences whole and cut, in any mix. */
export function hostileText(dice: Random): string {
  const parts = 1 + dice.below(6);
  let text = '';
  for (let part = 0; part < parts; part++) {
    const kind = dice.below(5);
    if (kind <= 1) text += dice.pick(CRAFTED);
    else if (kind === 2) text += dice.pick(CRAFTED).slice(0, 1 + dice.below(4)) + dice.pick(CRAFTED);
    else {
      const bytes = Buffer.alloc(1 + dice.below(12));
      for (let at = 0; at < bytes.length; at++) bytes[at] = dice.below(256);
      text += kind === 3 ? bytes.toString('utf8') : dice.next() < 0.5 ? bytes.toString('latin1') : bytes.toString('utf16le');
    }
  }
  return text;
}
