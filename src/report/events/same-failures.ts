import { commonHint, replaceHost } from '../../core/error/common-hint.ts';
import type { ErrorJson } from '../../core/error/swarm-error.ts';
import type { RunState } from '../../core/run-state.ts';
import { type DisplayText, displayText, textWidth, toOneLine } from '../text/display-text.ts';
import { causeLines } from './cause-text.ts';

/** The same failure on one host or on many. */
export interface FailureGroup {
  /** The failure as it is printed. For several hosts it names neither a host nor an address. */
  readonly error: ErrorJson;
  /** The failures themselves, in order. */
  readonly members: readonly ErrorJson[];
}

/** Puts failures together that differ only in the name and the address of the host. Failures of items stay apart. */
export function groupFailures(errors: readonly ErrorJson[], state?: RunState): readonly FailureGroup[] {
  const groups = new Map<string, ErrorJson[]>();
  for (const [index, error] of errors.entries()) {
    const key = failureKey(error, state) ?? String(index);
    groups.set(key, [...(groups.get(key) ?? []), error]);
  }
  return [...groups.values()].map((members) => ({ error: commonError(members), members }));
}

/** Two failures with the same key are the same failure. Undefined: this one is printed by itself. */
export function failureKey(error: ErrorJson, state?: RunState): string | undefined {
  if (error.host === undefined) return undefined;
  if (state !== undefined && causeLines(error, state).length > 0) return undefined;
  const { code, hint, at } = error;
  const { message, detail } = withoutAddress(error);
  return JSON.stringify([code, message, detail, hint === undefined ? undefined : replaceHost(hint, error.host, 'HOST'), at]);
}

/** What the members share. Its hint has one command for all of them. */
function commonError(members: readonly ErrorJson[]): ErrorJson {
  const [first] = members as readonly [ErrorJson, ...ErrorJson[]];
  const isSame = members.every(({ message, detail }) => message === first.message && detail === first.detail);
  const hint = commonHint(members.flatMap(({ host, hint }) => (host === undefined || hint === undefined ? [] : [{ host, hint }])));
  return { ...first, ...(isSame ? {} : withoutAddress(first)), ...(hint === undefined ? {} : { hint }) };
}

const ADDRESS = /(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|\[?[0-9a-f]*:[0-9a-f:]*:[0-9a-f]+\]?|localhost)(?::\d+)?(?![\w.])/g;

function withoutAddress({ code, host = '', message, detail }: ErrorJson): Pick<ErrorJson, 'message' | 'detail'> {
  const replace = (text: string): string => {
    const general = replaceHost(text, host, 'the host');
    return code.startsWith('SW2') ? general.replace(ADDRESS, '…') : general;
  };
  return { message: replace(message), ...(detail === undefined ? {} : { detail: replace(detail) }) };
}

/** `d01, d02 and 38 more`: as many names as fit into so many columns, at least one. */
export function formatHostNames(names: readonly string[], columns: number): DisplayText {
  const texts = names.map(toOneLine);
  for (let count = texts.length; count > 1; count--) {
    const text = namesText(texts, count);
    if (textWidth(text) <= columns) return text;
  }
  return namesText(texts, 1);
}

function namesText(names: readonly DisplayText[], count: number): DisplayText {
  const left = names.length - count;
  return displayText`${names.slice(0, count).join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}
