const FIRST = 0xe000; // private use: 6400 code points that mean nothing to anybody
const MOST = 3200;

/** Names rows by one character each, another one when the text of a row has changed, and knows the text again.
 *  Ink's canvas is an object for every character, 25 ms a frame at 200x60; so a row goes through it as one character. */
export interface RowTokens {
  name(lines: readonly string[]): readonly string[];
  text(frame: string): readonly string[];
}

export function createRowTokens(): RowTokens {
  const texts: string[] = [];
  const turns: (0 | 1)[] = [];
  return {
    name: (lines) =>
      lines.slice(0, MOST).map((line, row) => {
        if (texts[row] !== line) turns[row] = turns[row] === 0 ? 1 : 0;
        texts[row] = line;
        return String.fromCodePoint(FIRST + row * 2 + (turns[row] ?? 0));
      }),
    text: (frame) =>
      frame.split('\n').map((name) => (name === '' ? '' : (texts[Math.floor(((name.codePointAt(0) ?? FIRST) - FIRST) / 2)] ?? ''))),
  };
}
