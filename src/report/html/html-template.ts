import { toDisplayText } from '../text/display-text.ts';

/** Text that is HTML already; every other value is escaped when it is put into a template. */
export interface Html {
  readonly text: string;
}

const HTML_ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escapeHtml = (text: string): string => toDisplayText(text).replace(/[&<>"']/g, (character) => HTML_ENTITIES[character] ?? '');

/** A template of HTML: its values are cleaned as for a terminal, and escaped. */
export function markup(fixed: TemplateStringsArray, ...values: readonly (string | Html)[]): Html {
  const toHtml = (value: string | Html | undefined): string =>
    value === undefined ? '' : typeof value === 'string' ? escapeHtml(value) : value.text;
  return { text: fixed.reduce((text, part, index) => text + toHtml(values[index - 1]) + part) };
}

/** Our own fixed text, as it is. */
export function rawHtml(text: string): Html {
  return { text };
}

/** Several, one after the other. */
export function joinHtml(parts: readonly Html[]): Html {
  return { text: parts.map(({ text }) => text).join('') };
}
