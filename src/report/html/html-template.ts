import { toDisplay } from '../text/display-text.ts';

/** Text that is HTML already; every other value is escaped when it is put into a template. */
export interface Html {
  readonly text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escaped = (text: string): string => toDisplay(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

/** A template of HTML: its values are cleaned as for a terminal, and escaped. */
export function markup(fixed: TemplateStringsArray, ...values: readonly (string | Html)[]): Html {
  const put = (value: string | Html | undefined): string =>
    value === undefined ? '' : typeof value === 'string' ? escaped(value) : value.text;
  return { text: fixed.reduce((text, part, index) => text + put(values[index - 1]) + part) };
}

/** Our own fixed text, as it is. */
export function raw(text: string): Html {
  return { text };
}

/** Several, one after the other. */
export function join(parts: readonly Html[]): Html {
  return { text: parts.map(({ text }) => text).join('') };
}
