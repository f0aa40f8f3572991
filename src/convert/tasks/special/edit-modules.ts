import { isScalar, type YAMLMap } from 'yaml';
import { rejectConversion } from '../../not-convertible.ts';
import { hasJinja } from '../../template/convert-text.ts';
import { findPair, renameKey, setScalar, textOf } from '../../yaml-nodes.ts';
import { readFlag } from '../values/read-flag.ts';

/** `\1` of Python is `$1`. */
export function convertReplacement(args: YAMLMap): undefined {
  const pair = findPair(args, 'replace');
  const text = textOf(pair?.value);
  if (text === undefined || !isScalar(pair?.value)) return;
  if (/[$]/.test(text)) rejectConversion('a replacement with $ in it');
  setScalar(
    pair.value,
    text.replace(/\\g<(\d)>|\\(\d)/g, (_, one, two) => `$${one ?? two}`),
  );
}

/** With `backrefs`, `\\1` in the line is `$1`. A text that is searched for is a pattern without marks. */
export function convertBackrefs(args: YAMLMap): undefined {
  const search = findPair(args, 'search_string');
  if (search !== undefined && isScalar(search.value)) {
    const text = textOf(search.value) ?? '';
    if (hasJinja(text)) rejectConversion('a search_string that is a template');
    renameKey(search, 'regexp');
    setScalar(search.value, text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  }
  const backrefs = findPair(args, 'backrefs')?.value;
  const line = findPair(args, 'line')?.value;
  if (backrefs === undefined || !isScalar(line) || readFlag(backrefs) === false) return;
  const text = textOf(line) ?? rejectConversion('backrefs with a line that is not text');
  if (/\\g<\D|\\[a-z]/i.test(text.replace(/\\g<\d+>/g, ''))) rejectConversion('backrefs with a group that has a name');
  setScalar(
    line,
    text.replaceAll('$', '$$$$').replace(/\\g<(\d)>|\\(\d)/g, (_, one, two) => `$${one ?? two}`),
  );
}
