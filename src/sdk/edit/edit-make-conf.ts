/** What a variable of make.conf is to be: this text, or what it is with some words more and some less. Undefined: not set there. */
export type MakeConfValue = string | { readonly add: readonly string[]; readonly remove: readonly string[] } | undefined;

/** The text of make.conf with one variable set, changed or removed. All else stays; an assignment of several lines is one. */
export function editMakeConf(text: string, name: string, wanted: MakeConfValue): string {
  const pattern = new RegExp(`^[ \\t]*${name}=(?:"((?:[^"\\\\]|\\\\[\\s\\S])*)"|'([^']*)'|([^\\s#]*))[ \\t]*(?:#.*)?$\\n?`, 'gm');
  const found = [...text.matchAll(pattern)].at(-1);
  const current = found === undefined ? undefined : (found[1] ?? found[2] ?? found[3] ?? '').replace(/\\\n/g, '');
  const value = typeof wanted === 'object' ? changeWords(current ?? '', wanted) : wanted;
  if (value === undefined) return text.replace(pattern, '');
  const line = `${name}="${value}"\n`;
  if (found === undefined) return `${text === '' || text.endsWith('\n') ? text : `${text}\n`}${line}`;
  if (current === value) return text;
  return `${text.slice(0, found.index)}${line}${text.slice(found.index + found[0].length)}`;
}

/** The same text where no word is to change. */
function changeWords(current: string, { add, remove }: { readonly add: readonly string[]; readonly remove: readonly string[] }): string {
  const words = current.split(/\s+/).filter((word) => word !== '');
  const missing = add.filter((word) => !words.includes(word));
  const kept = words.filter((word) => !remove.includes(word));
  return missing.length === 0 && kept.length === words.length ? current : [...kept, ...missing].join(' ');
}
