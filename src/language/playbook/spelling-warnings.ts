import { type ErrorJson, SwarmError } from '../../core/error/swarm-error.ts';
import type { PlaybookReader } from './playbook-reader.ts';

/** One warning for each kind of spelling that was read as what it means, at its first place. */
export function spellingWarnings(spellings: PlaybookReader['spellings']): readonly ErrorJson[] {
  const of = (kind: 'boolean' | 'prefix', message: (count: string) => string, hint: string): readonly ErrorJson[] => {
    const all = spellings.filter((each) => each.kind === kind);
    const [first] = all;
    if (first === undefined) return [];
    const count = all.length === 1 ? '' : ` (${all.length} places)`;
    return [
      new SwarmError('SW1117', message(count), {
        at: first.at,
        hint: `${hint} To turn this off, write warnings: false in the playbook.`,
      }).toJSON(),
    ];
  };
  return [
    ...of('boolean', (count) => `\`yes\` and \`no\` are read as true and false${count}`, 'Write true or false.'),
    ...of('prefix', (count) => `\`ansible.builtin.\` is not needed${count}`, 'Write the name of the module alone.'),
  ];
}
