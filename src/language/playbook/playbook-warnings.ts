import { type ErrorJson, SwarmError } from '../../core/error/swarm-error.ts';
import type { Span } from '../../core/span.ts';
import { BUILT_IN_VARIABLES, hiddenVariableMessage } from '../expression/scope-names.ts';
import type { PlaybookReader } from './reader/playbook-reader.ts';
import type { ReadContext } from './reader/read-context.ts';

/** A name that is defined hides the variable that swarm has under it: from here on it means something else. */
export function noteHiddenName({ remarks }: PlaybookReader, name: string, at: () => Span): void {
  if (Object.hasOwn(BUILT_IN_VARIABLES, name)) remarks.push({ kind: 'hidden', name, at: at() });
}

/** Does the same for the keys of a mapping, which is at `context`. */
export function noteHiddenNames(reader: PlaybookReader, { source, path }: ReadContext, names: Iterable<string>): void {
  for (const name of names) noteHiddenName(reader, name, () => source.keySpan([...path, name]));
}

/** One warning for each kind of spelling that was read as what it means, at its first place, and one for each hidden variable. */
export function listWarnings(remarks: PlaybookReader['remarks']): readonly ErrorJson[] {
  const hidden = new Map(remarks.flatMap((each) => (each.kind === 'hidden' ? [[each.name, each.at] as const] : [])).reverse());
  const of = (kind: 'boolean' | 'prefix', message: (count: string) => string, hint: string): readonly ErrorJson[] => {
    const all = remarks.filter((each) => each.kind === kind);
    const [first] = all;
    if (first === undefined) return [];
    const count = all.length === 1 ? '' : ` (${all.length} places)`;
    return [
      new SwarmError('SW1117', message(count), {
        at: first.at,
        hint: `${hint} ${TURN_OFF}`,
      }).toJSON(),
    ];
  };
  return [
    ...of('boolean', (count) => `\`yes\` and \`no\` are read as true and false${count}`, 'Write true or false.'),
    ...of('prefix', (count) => `\`ansible.builtin.\` is not needed${count}`, 'Write the name of the module alone.'),
    ...[...hidden].map(([name, at]) =>
      new SwarmError('SW1118', hiddenVariableMessage(name), { at, hint: `Give it another name. ${TURN_OFF}` }).toJSON(),
    ),
  ];
}

const TURN_OFF = 'To turn this off, write warnings: false in the playbook.';
