import { stringify } from 'yaml';
import type { AnyModule } from '../../../core/module.ts';
import { listKeysAt } from '../../schema/schema-keys.ts';
import { findArgumentAliases } from './ansible-arguments.ts';

/** `key=value` at a place where a word begins. A value in quotes or braces may have spaces. */
const PAIR = /(?<=^|\s)([\w-]+)=("[^"]*"|'[^']*'|(?:\{\{.*?\}\}|[^\s{]|\{(?!\{))*)/gs;

/** What Ansible takes out of the line of a command, wherever it stands. */
const COMMAND_ARGS = new Set(['creates', 'removes', 'chdir', 'executable']);

/** Ansible's arguments in one text, `path=/x state=absent`, as a hint that has them as a mapping. Undefined for any other text. */
export function findKeyValueHint(name: string, module: AnyModule, text: string): string | undefined {
  const aliases = findArgumentAliases(name);
  const known = listKeysAt(module.args, []);
  const meant = (key: string): string => (Object.hasOwn(aliases, key) ? (aliases[key] ?? key) : key);
  const found = [...text.matchAll(PAIR)];
  if (module.freeForm === 'cmd') {
    const pairs = found.filter(([, key = '']) => COMMAND_ARGS.has(key) && known.includes(key));
    if (pairs.length === 0) return undefined;
    const cmd = pairs.reduce((rest, [whole]) => rest.replace(whole, ''), text);
    return formatCall(name, [['cmd', cmd.trim().replace(/ {2,}/g, ' ')], ...toEntries(pairs)]);
  }
  const takesAnyName = name === 'set_fact';
  if (found[0]?.index !== text.search(/\S/) || !(takesAnyName || known.includes(meant(found[0][1] ?? '')))) return undefined;
  return formatCall(
    name,
    toEntries(found).map(([key, value]) => [meant(key), value]),
  );
}

const toEntries = (pairs: readonly RegExpMatchArray[]): readonly (readonly [string, unknown])[] =>
  pairs.map(([, key = '', value = '']) => [key, toValue(value)]);

function toValue(text: string): unknown {
  if (/^(?:yes|true)$/i.test(text)) return true;
  if (/^(?:no|false)$/i.test(text)) return false;
  return /^(?:0|[1-9]\d*)$/.test(text) ? Number(text) : text.replace(/^(["'])(.*)\1$/s, '$2');
}

const formatCall = (name: string, entries: readonly (readonly [string, unknown])[]): string =>
  `Write: ${name}: ${stringify(Object.fromEntries(entries), { collectionStyle: 'flow', lineWidth: 0 }).trim()}`;
