import type { Json, Vars } from '../../core/json-value.ts';
import { parseForeignJson } from '../../core/output/foreign-json.ts';
import { parseIniFacts } from './parse-ini-facts.ts';

/** The folder of a host with facts of its owner, as Ansible has it. */
export const LOCAL_FACTS_FOLDER = '/etc/ansible/facts.d';

/** For how long a file that is run may run. */
export const LOCAL_FACT_SECONDS = 5;

/** What the files gave, by the names of the files, and what is to be said of those that gave nothing. */
export interface LocalFacts {
  readonly facts: Vars;
  readonly problems: readonly string[];
}

const REASONS: Readonly<Record<string, string>> = {
  late: `it did not end within ${LOCAL_FACT_SECONDS} s`,
  unreadable: 'the login may not read it',
  many: 'the folder has more than 100 files',
  special: 'it is not a file',
};

/** Reads what local-facts.sh prints. A file that is wrong is left out. */
export function parseLocalFacts(text: string): LocalFacts {
  const facts: (readonly [string, Json])[] = [];
  const problems: string[] = [];
  for (const line of text.split('\n')) {
    const [, name, content = '', how = ''] = /^([^\p{Cc}]+)\t([^\t]*)\t(read|ran \d+|late|unreadable|many|special)$/u.exec(line) ?? [];
    if (name === undefined) continue;
    const read = readContent(how, Buffer.from(content, 'base64'));
    if ('fact' in read) facts.push([name, read.fact]);
    else problems.push(`${LOCAL_FACTS_FOLDER}/${name}.fact is left out: ${read.problem}`);
  }
  return { facts: Object.fromEntries(facts), problems };
}

const SIZE_LIMIT = 64 * 1024;

/** JSON, else INI, as in Ansible. */
function readContent(how: string, bytes: Buffer): { readonly fact: Json } | { readonly problem: string } {
  const [word = '', exit] = how.split(' ');
  if (Object.hasOwn(REASONS, word)) return { problem: REASONS[word] ?? '' };
  if (bytes.length > SIZE_LIMIT) return { problem: 'it has more than 64 KiB' };
  const text = bytes.toString('utf8');
  if (word === 'ran' && exit !== '0') return { problem: `it ended with exit ${exit}` };
  try {
    return { fact: parseForeignJson(text) };
  } catch {
    const fact = parseIniFacts(text);
    return fact === undefined ? { problem: `${word === 'ran' ? 'what it printed' : 'it'} is neither JSON nor INI` } : { fact };
  }
}
