import { basename } from 'node:path/posix';
import { SwarmError } from '../../src/index.ts';

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
    if (part === undefined) throw new SwarmError('SW1112', `a quote that is never closed: ${text}`);
    word = (word ?? '') + part;
  }
  return word === undefined ? words : [...words, word];
}

const ends = '(reboot|halt|poweroff|shutdown|kexec|((tel)?init\\s+[06])|(systemctl\\s+(reboot|poweroff|halt|kexec)))(?![\\w./-])';
const inShell = new RegExp(
  `(^|[;&|({\\n]|\\b(then|do|else)\\b)\\s*((sudo|doas|exec|nohup|env|command|setsid)\\s+)*(/[\\w./]*/)?${ends}`,
  'm',
);
const inWords = new RegExp(`^((sudo|doas|exec|nohup|env|setsid)\\s+)*${ends}`);

/** Machines are rebooted and powered off behind the guards only. Throws SW3007. */
export function refuseShellReboot(text: string): void {
  if (inShell.test(text)) throw refusal(text);
}

export function refuseReboot(argv: readonly string[]): void {
  const line = argv.map((word, index) => (index < 2 ? basename(word) : word)).join(' ');
  if (inWords.test(line)) throw refusal(argv.join(' '));
}

const refusal = (text: string): SwarmError =>
  new SwarmError('SW3007', `this would take the machine down: ${text.trim().split('\n')[0]}`, {
    hint: 'Disruptive work goes through a module that asks the guards first.',
  });
