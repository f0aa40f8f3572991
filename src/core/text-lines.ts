/** The lines of a text, without their line breaks. A text without a line break at its end has the same lines. */
export const splitLines = (text: string): readonly string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

/** The text of these lines, with a line break behind each. */
export const joinLines = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
