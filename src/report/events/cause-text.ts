import type { ErrorJson } from '../../core/error.ts';
import type { FailureCause } from '../../core/event.ts';
import type { RunState } from '../../core/run-state.ts';
import { type DisplayText, displayText, joinText } from '../text/display-text.ts';
import { type StyledLine, styled } from '../text/styled-line.ts';

/** Who is at fault, and who is not. */
export function describeCause({
  blame,
  host,
  final,
}: {
  readonly blame: string;
  readonly host: string;
  readonly final: boolean;
}): DisplayText {
  const nextStep = final ? 'no further try' : 'tried again';
  if (blame === 'host') return displayText`${host} is at fault, ${nextStep}`;
  if (blame === 'unknown') return displayText`cause unknown, ${nextStep}`;
  return displayText`the ${blame} is at fault, not ${host}, ${nextStep}`;
}

/** Where an item was tried, who is to blame, and who is not. */
export function causeLines(error: ErrorJson, { items }: RunState): readonly StyledLine[] {
  const item = Object.values(items).find(
    (each) => each.error?.code === error.code && each.error.message === error.message && each.error.host === error.host,
  );
  const tries = item?.tries ?? [];
  if (tries.length === 0) return [];
  const hostsByCause = new Map<FailureCause, Set<string>>();
  for (const { host, blame } of tries) hostsByCause.set(blame, (hostsByCause.get(blame) ?? new Set()).add(host));
  const verdicts = [...hostsByCause].map(([blame, among]) => {
    const hosts = [...among].join(', ');
    if (blame === 'host') return displayText`${hosts} at fault`;
    return blame === 'unknown' ? displayText`cause unknown on ${hosts}` : displayText`the ${blame} is at fault, not ${hosts}`;
  });
  const attempts = tries.length === 1 ? displayText`tried once` : displayText`tried on ${tries.map(({ host }) => host).join(', ')}`;
  return [[styled(displayText`blame: ${attempts}; ${joinText(verdicts, '; ')}`)]];
}
