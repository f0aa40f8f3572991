import type { ErrorJson } from '../../core/error/swarm-error.ts';
import type { FailureCause } from '../../core/event.ts';
import type { RunState } from '../../core/run-state.ts';
import { type DisplayText, displayText, joinText } from '../text/display-text.ts';
import { type StyledLine, styled } from '../text/styled-line.ts';

/** What an attempt failed because of, and whether another one follows. */
export function describeCause({
  blame,
  host,
  final,
}: {
  readonly blame: string;
  readonly host: string;
  readonly final: boolean;
}): DisplayText {
  const nextStep = final ? 'no further attempt' : 'will be tried again';
  if (blame === 'host') return displayText`caused by the host ${host}, ${nextStep}`;
  if (blame === 'unknown') return displayText`cause unknown, ${nextStep}`;
  return displayText`caused by the ${blame}, not by ${host}, ${nextStep}`;
}

/** On which hosts an item was tried, and what it failed because of. Empty for a failure that is not an item's. */
export function causeLines(error: ErrorJson, { items }: RunState): readonly StyledLine[] {
  const item = items
    .values()
    .find((each) => each.error?.code === error.code && each.error.message === error.message && each.error.host === error.host);
  const tries = item?.tries ?? [];
  if (tries.length === 0) return [];
  const hostsByCause = new Map<FailureCause, Set<string>>();
  for (const { host, blame } of tries) hostsByCause.set(blame, (hostsByCause.get(blame) ?? new Set()).add(host));
  const causes = [...hostsByCause].map(([blame, hostSet]) => {
    const hosts = [...hostSet].join(', ');
    if (blame === 'host') return displayText`caused by ${hosts}`;
    return blame === 'unknown' ? displayText`cause unknown on ${hosts}` : displayText`caused by the ${blame}, not by ${hosts}`;
  });
  const attempts = tries.length === 1 ? displayText`tried once` : displayText`tried on ${tries.map(({ host }) => host).join(', ')}`;
  return [[styled(displayText`cause: ${attempts}; ${joinText(causes, '; ')}`)]];
}
