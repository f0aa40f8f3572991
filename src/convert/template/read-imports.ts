import { NotConvertible, rejectConversion } from '../not-convertible.ts';
import type { Part, Tag } from './template-part.ts';

const QUOTED = /^(?:"([^"]+)"|'([^']+)')\s*([\s\S]*)$/;
const CONTEXT = /\s*\b(?:with|without)\s+context\s*$/;

/** The name of a file in quotes, and what follows it. `what`: the tag, for the reason where the name is computed. */
function readName(text: string, what: string): readonly [file: string, rest: string] {
  const [, double, single, rest = ''] = QUOTED.exec(text) ?? [];
  return [double ?? single ?? rejectConversion(`${what} of a computed name`), rest.trim()];
}

/** `{% include 'FILE' %}` */
export function readInclude(text: string, tag: Tag): Part {
  const [file, rest] = readName(text.replace(CONTEXT, ''), '{% include %}');
  return rest === '' ? { kind: 'include', file, tag } : rejectConversion(`{% include %} with \`${rest}\``);
}

/** `{% import 'FILE' as NAME %}` */
export function readImport(text: string, tag: Tag): Part {
  const [file, rest] = readName(text.replace(CONTEXT, ''), '{% import %}');
  const as = /^as\s+(\w+)$/.exec(rest)?.[1] ?? rejectConversion('{% import %} without `as` and a name');
  return { kind: 'import', file, as, tag };
}

/** `{% from 'FILE' import NAME, NAME as OTHER %}` */
export function readFromImport(text: string, tag: Tag): Part {
  const [file, rest] = readName(text.replace(CONTEXT, ''), '{% from %}');
  const list = /^import\s+([\s\S]+)$/.exec(rest)?.[1] ?? rejectConversion('{% from %} without `import`');
  const as = list
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .map((each) => {
      const [, name, other = name] = /^(\w+)(?:\s+as\s+(\w+))?$/.exec(each) ?? [];
      return name === undefined || other === undefined ? rejectConversion('{% from %} of other than names') : ([name, other] as const);
    });
  return { kind: 'import', file, as, tag };
}

/** What a tag says; a part that is left where that cannot be read. */
export function readTagPart(tag: Tag, read: () => Part): Part {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof NotConvertible) return { kind: 'left', reason: thrown.message, tag };
    throw thrown;
  }
}
