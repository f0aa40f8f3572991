const CEL_FOR_FILTER: Readonly<Record<string, string>> = {
  default: 'default(x, y)',
  length: 'size(x)',
  count: 'size(x)',
  int: 'int(x)',
  float: 'double(x)',
  string: 'string(x)',
  bool: 'bool(x)',
  lower: 'x.lower()',
  upper: 'x.upper()',
  trim: 'x.trim()',
  first: 'x.first()',
  last: 'x.last()',
  unique: 'x.unique()',
  sort: 'x.sort()',
  join: 'x.join(", ")',
  split: 'x.split(",")',
  replace: 'x.replace("a", "b")',
  list: 'x',
  select: 'x.filter(i, …)',
  selectattr: 'x.filter(i, i.field)',
  map: 'x.map(i, i.field)',
};

/** The CEL form of what looks like Jinja2 or Python. */
export function findJinjaHint(text: string): string | undefined {
  const test = /([\w.]+)\s+is\s+(not\s+)?(\w+)/.exec(text);
  if (test !== null) {
    const [, name = '', not, word = ''] = test;
    const sign = not === undefined ? '' : '!';
    if (word === 'defined' || word === 'undefined') {
      const negated = (word === 'undefined') !== (not !== undefined);
      return `Write: ${negated ? '!' : ''}${name.includes('.') ? 'has' : 'defined'}(${name})`;
    }
    const field = { success: 'failed', succeeded: 'failed' }[word];
    if (field !== undefined) return `Write: ${sign === '' ? '!' : ''}${name}.${field}`;
    return `Write: ${sign}${name}.${word}`;
  }
  const filter = /([\w.]+)\s*\|\s*(\w+)(?:\(([^)]*)\))?/.exec(text.replaceAll('||', '  '));
  if (filter !== null) {
    const [, name = 'x', word = '', arg = 'y'] = filter;
    const form = CEL_FOR_FILTER[word] ?? `${word}(x)`;
    return `Write a function instead of a filter: ${form.replace(/\bx\b/, name).replace(/\by\b/, arg)}`;
  }
  if (/\bnot\s+in\b/.test(text)) return 'Write: !(x in list)';
  const word = /(?<![.\w])(and|or|not)(?=\s|\()/.exec(text)?.[1];
  if (word !== undefined) return `Write ${{ and: '&&', or: '||', not: '!' }[word]} instead of ${word}.`;
  if (/[^=!<>]=(?!=)/.test(text)) return 'Write == to compare.';
  if (/\?\?/.test(text)) return 'Write: default(x, y)';
  return undefined;
}
