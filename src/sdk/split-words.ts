import { SwarmError } from '../core/error/swarm-error.ts';

/** Words of a command line as sh splits them, quotes and backslashes honoured, nothing expanded. Throws SW1112 on an open quote. */
export function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  const token = /\s+|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^\s'"\\]+)|['"\\]/g;
  let word: string | undefined;
  for (const [all, single, double, escaped, plain] of text.matchAll(token)) {
    if (/^\s+$/.test(all)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    const part = single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? plain;
    if (part === undefined) throw new SwarmError('SW1112', `a quote is not closed: ${text}`);
    word = (word ?? '') + part;
  }
  return word === undefined ? words : [...words, word];
}
