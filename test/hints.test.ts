import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const sources = ['src', 'modules'].flatMap((dir) =>
  readdirSync(join(root, dir), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name)),
);

/** Reads a literal that starts at `start`. `…` stands for a value that is filled in. */
function readLiteral(source: string, start: number): { readonly text: string; readonly end: number } {
  const quote = source[start];
  let text = '';
  let at = start + 1;
  while (at < source.length && source[at] !== quote) {
    if (quote === '`' && source.startsWith('${', at)) {
      text += '…';
      at = skipValue(source, at + 2);
    } else if (source[at] === '\\') {
      text += source[at + 1] ?? '';
      at += 2;
    } else {
      text += source[at] ?? '';
      at += 1;
    }
  }
  return { text, end: at + 1 };
}

/** The position after the `}` that ends the value of a template. */
function skipValue(source: string, start: number): number {
  let depth = 1;
  let at = start;
  while (at < source.length && depth > 0) {
    if (/['"`]/.test(source[at] ?? '')) {
      at = readLiteral(source, at).end;
      continue;
    }
    if (source[at] === '{') depth += 1;
    if (source[at] === '}') depth -= 1;
    at += 1;
  }
  return at;
}

/** The texts of the expression after `hint:`, on its own level: a literal, both sides of a condition and of `??`. */
function textsAt(source: string, start: number): readonly string[] {
  const texts: string[] = [];
  let depth = 0;
  let at = start;
  while (at < source.length) {
    const char = source[at] ?? '';
    if (/['"`]/.test(char)) {
      const { text, end } = readLiteral(source, at);
      const compared = /[=!]==\s*$/.test(source.slice(Math.max(0, at - 6), at));
      if (depth === 0 && !compared) texts.push(text);
      at = end;
      continue;
    }
    if ('([{'.includes(char)) depth += 1;
    if (')]}'.includes(char)) depth -= 1;
    if (depth < 0 || (depth === 0 && (char === ',' || char === ';'))) break;
    at += 1;
  }
  return texts;
}

const hints = sources.flatMap((path) => {
  const source = readFileSync(path, 'utf8');
  return [...source.matchAll(/(?<=[{,(]\s*)hint: /g)].flatMap(({ index }) => {
    const line = source.slice(0, index).split('\n').length;
    return textsAt(source, index + 'hint: '.length).map((text) => [`${relative(root, path)}:${line}`, text] as const);
  });
});

/** A capital (or a value, or code) first; a full stop or a question mark last, or a command after a colon. */
const isSentence = (text: string): boolean => /^[A-Z…`]/.test(text) && (/[.?…]$/.test(text) || /: \S/.test(text));

test('the scan finds the hints', () => {
  expect(hints.length).toBeGreaterThan(100);
});

test('a hint starts with a capital letter and ends with a full stop, a question mark or a command after a colon', () => {
  expect(hints.filter(([, text]) => !isSentence(text)).map(([where, text]) => `${where}: ${text}`)).toEqual([]);
});

/** `swarm exec NAME` and `swarm hosts trust NAME` get the name of the host where they are printed. */
const FILLED_IN = /\bswarm (?:exec|hosts \w+) NAME\b/g;

test('a command in a hint can be typed as it is: it has no word in capitals to replace', () => {
  const open = hints.filter(([, text]) => /\bswarm [^.:;]*\b[A-Z]{2,}\b(?!=|…)/.test(text.replaceAll(FILLED_IN, 'swarm')));
  expect(open.map(([where, text]) => `${where}: ${text}`)).toEqual([]);
});
