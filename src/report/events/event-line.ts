import { type DisplayText, displayText } from '../text/display-text.ts';
import { type StyledLine, styled, styledHint } from '../text/styled-line.ts';
import { type DisplayStatus, type outcomeOrder, statusSymbols } from '../text/symbols.ts';

/** What the plain output prints about one event: a line with its prefix, or lines without one. */
export type EventText =
  | {
      readonly who: DisplayText;
      readonly word: DisplayText;
      readonly sign?: DisplayStatus;
      readonly rest: StyledLine;
      readonly below?: readonly StyledLine[];
    }
  | { readonly bare: readonly StyledLine[] };

/** A line about a host or another subject. */
export const eventLine = (
  who: string,
  word: string,
  sign: DisplayStatus | undefined,
  rest: DisplayText,
): Exclude<EventText, { readonly bare: unknown }> => ({
  who: displayText`${who}`,
  word: displayText`${word}`,
  ...(sign === undefined ? {} : { sign }),
  rest: [styled(rest)],
});

/** A line that names a command to type. */
export const hintLine = (...[who, word, sign, rest]: Parameters<typeof eventLine>): EventText => ({
  ...eventLine(who, word, sign, rest),
  rest: [styledHint(rest)],
});

/** A line about a failure, with the failure below it. */
export const failureLine = (
  who: string,
  sign: (typeof outcomeOrder)[number],
  rest: DisplayText,
  below: readonly StyledLine[],
): EventText => ({
  ...eventLine(who, statusSymbols[sign].word, sign, rest),
  below,
});
