import { existsSync, readFileSync } from 'node:fs';
import { fileError } from '../../core/error/convert-error.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { assertHasEnd } from '../../core/files/read-local-file.ts';
import { expandGlob } from './expand-config-text.ts';
import { type ConfigLine, splitConfigLine } from './split-config-line.ts';

/** An ssh_config file, and where paths of its Include lines begin. */
export interface ConfigSource {
  readonly file: string;
  readonly base: string;
}

/** Keywords that swarm reads and that take one word. */
const TAKES_ONE_WORD = new Set([
  'addressfamily',
  'bindaddress',
  'hostkeyalias',
  'hostname',
  'identitiesonly',
  'identityagent',
  'identityfile',
  'port',
  'refuseconnection',
  'tag',
  'user',
]);

/** Reads ssh_config files, each once, however many hosts there are. */
export interface ConfigReader {
  /** The lines of one file, none where it does not exist. Throws SW5003 for a line that swarm would read and that OpenSSH refuses. */
  lines(file: string): readonly ConfigLine[];
  /** The files that the pattern of an Include names. */
  files(pattern: string): readonly string[];
}

/** A reader that has read nothing yet. */
export function createConfigReader(): ConfigReader {
  const read = new Map<string, readonly ConfigLine[]>();
  const found = new Map<string, readonly string[]>();
  return {
    lines: (file) => {
      const lines = read.get(file) ?? (existsSync(file) ? readLines(file) : []);
      read.set(file, lines);
      return lines;
    },
    files: (pattern) => {
      const files = found.get(pattern) ?? expandGlob(pattern);
      found.set(pattern, files);
      return files;
    },
  };
}

function readLines(file: string): readonly ConfigLine[] {
  let text: string;
  assertHasEnd(file);
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EISDIR') return []; // as in OpenSSH
    throw fileError(error, file);
  }
  return text.split('\n').flatMap((written, index): readonly ConfigLine[] => {
    const line = index + 1;
    const split = splitConfigLine(written);
    if (split === undefined) return [];
    if ('fault' in split) throw configError(file, line, split.fault);
    const fault = findFault(split.keyword, split.words);
    if (fault !== undefined) throw configError(file, line, fault);
    return [{ file, line, ...split }];
  });
}

function findFault(keyword: string, words: readonly string[]): string | undefined {
  if (keyword === 'host' || keyword === 'include') return words.includes('') ? `${keyword} has an empty argument` : undefined;
  if (keyword === 'port' && !/^\d{1,5}$/.test(words[0] ?? '')) return `bad port "${words[0] ?? ''}"`;
  if (keyword === 'port' && (Number(words[0]) < 1 || Number(words[0]) > 65_535)) return `bad port "${words[0]}"`;
  if (!TAKES_ONE_WORD.has(keyword)) return undefined;
  if (words[0] === undefined || words[0] === '') return `${keyword} has no argument`;
  return words.length > 1 && keyword !== 'refuseconnection' ? `${keyword} has more than one argument` : undefined;
}

/** SW5003 for a line that is not ssh_config(5). */
export const configError = (file: string, line: number, fault: string): SwarmError =>
  new SwarmError('SW5003', `${file} line ${line}: ${fault}`, {
    hint: 'Correct the line. To see what OpenSSH makes of the file, run: ssh -G localhost',
  });
