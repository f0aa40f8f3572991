/** The fields of a subject, by the names that openssl has for them. */
export type Subject = readonly (readonly [field: string, value: string])[];

/** What a request asks for beside its subject: the name of an extension, and its words. */
export interface WantedExtension {
  readonly name: 'subjectAltName' | 'keyUsage' | 'extendedKeyUsage' | 'basicConstraints';
  readonly words: readonly string[];
  readonly critical: boolean;
}

/** The configuration with which `openssl req` makes a request. An empty subject needs `-subj /` too. */
export function printRequestConfig(subject: Subject, extensions: readonly WantedExtension[], digest: string): string {
  const used = extensions.filter(({ words }) => words.length > 0);
  const altNames = used.find(({ name }) => name === 'subjectAltName')?.words ?? [];
  return [
    '[req]',
    'prompt = no',
    'utf8 = yes',
    'string_mask = utf8only',
    'distinguished_name = dn',
    `default_md = ${digest}`,
    ...(used.length === 0 ? [] : ['req_extensions = ext']),
    '[dn]',
    ...subject.map(([field, value], at) => `${at}.${field} = ${escapeValue(value)}`),
    '[ext]',
    ...used.map(({ name, words, critical }) => {
      const value = name === 'subjectAltName' ? '@names' : words.map(escapeValue).join(',');
      return `${name} = ${critical ? 'critical,' : ''}${value}`;
    }),
    '[names]',
    ...altNames.map((each, at) => {
      const colon = each.indexOf(':');
      return `${each.slice(0, colon)}.${at} = ${escapeValue(each.slice(colon + 1))}`;
    }),
    '',
  ].join('\n');
}

/** A configuration of openssl puts variables for $, and takes quotes, # and blanks at the start away. */
const escapeValue = (value: string): string => value.replace(/[\\$"'`#]/g, '\\$&').replace(/^ /, '\\ ');

/** The description of a request or a certificate by openssl, without what differs each time it is signed, and with the extensions in an order of
 *  their own. */
export function normalizeDescription(text: string): string {
  const lines = text.replace(/^ {4}Signature (?:Algorithm|Value):.*(?:\n {8,}.*)*$/gm, (found) => found.split('\n')[0] ?? '').split('\n');
  const kept = lines.filter((line) => !/^ {4}Signature Value:/.test(line)).map((line) => line.trimEnd());
  const start = kept.findIndex((line) => /^\s+(?:X509v3|Requested) [Ee]xtensions:/.test(line));
  if (start < 0) return `${kept.join('\n').trim()}\n`;
  const indent = (line: string): number => line.length - line.trimStart().length;
  const base = indent(kept[start] ?? '');
  const after = kept.findIndex((line, at) => at > start && indent(line) <= base);
  const end = after < 0 ? kept.length : after;
  const blocks: string[][] = [];
  for (const line of kept.slice(start + 1, end))
    if (indent(line) === base + 4 || blocks.length === 0) blocks.push([line]);
    else blocks.at(-1)?.push(line);
  const sorted = blocks.map((block) => block.join('\n')).toSorted();
  return `${[...kept.slice(0, start + 1), ...sorted, ...kept.slice(end)].join('\n').trim()}\n`;
}
