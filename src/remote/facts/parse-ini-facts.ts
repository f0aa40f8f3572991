import type { Json } from '../../core/json-value.ts';

/** The sections of an INI text with their options, as Python's configparser reads them: names of options in small letters, values as texts, those
 *  of DEFAULT in each section. Undefined for what is not an INI text. */
export function parseIniFacts(text: string): Json | undefined {
  const sections = new Map<string, Map<string, string>>();
  let section: Map<string, string> | undefined;
  let option: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*(?:[#;]|$)/.test(line)) continue;
    const header = /^\[([^\]]+)\]/.exec(line)?.[1];
    if (header !== undefined) {
      section = sections.get(header) ?? new Map();
      sections.set(header, section);
      option = undefined;
      continue;
    }
    if (section === undefined) return undefined;
    if (/^\s/.test(line) && option !== undefined) {
      section.set(option, `${section.get(option)}\n${line.trim()}`);
      continue;
    }
    const [, name, value = ''] = /^\s*([^=:]*[^=:\s])\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined) return undefined;
    option = name.toLowerCase();
    section.set(option, value);
  }
  const shared = sections.get('DEFAULT') ?? new Map<string, string>();
  sections.delete('DEFAULT');
  return Object.fromEntries([...sections].map(([name, options]) => [name, Object.fromEntries([...shared, ...options])]));
}
