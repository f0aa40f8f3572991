import { type ErrorJson, formatError } from '../../core/error.ts';
import { errorKind } from '../../core/error-codes.ts';
import type { FailureCause } from '../../core/event.ts';
import type { HostState, RunState } from '../../core/run-state.ts';
import { displayText, joinText, padText, textWidth, toDisplayLines, toOneLine } from '../text/display-text.ts';
import { type StyledLine, statusSymbol, styled } from '../text/styled-line.ts';
import { type DisplayStatus, statusSymbols, type TextStyle } from '../text/symbols.ts';

/** Refused, unreachable and failed are three things; the code tells which. */
export function failureStatus(error: ErrorJson): Extract<DisplayStatus, 'failed' | 'unreachable' | 'refused'> {
  return errorKind(error.code).outcome;
}

/** One failure as lines: what, where, the part of the log, how to mend it. A guard's refusal says which rule, and that nothing was sent. */
export function failureLines(error: ErrorJson, state?: RunState): readonly StyledLine[] {
  if (failureStatus(error) === 'refused') return refusalLines(error, state);
  return state === undefined ? errorLines(error) : [...errorLines(completeLogHint(error, state.run)), ...causeLines(error, state)];
}

/** A hint that leads to a log says which one. */
export function completeLogHint(error: ErrorJson, run: string): ErrorJson {
  if (error.hint === undefined || error.host === undefined || run === '') return error;
  return { ...error, hint: error.hint.replace(/\bswarm runs logs$/, `swarm runs logs ${run} ${error.host}`) };
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

function errorLines(error: ErrorJson): readonly StyledLine[] {
  const [head, ...rest] = toDisplayLines(formatError(error));
  return [
    [styled(head ?? displayText``, { colour: 'red', bold: true })],
    ...rest.map((text): StyledLine => [styled(text, errorLineStyle(text))]),
  ];
}

const errorLineStyle = (text: string): TextStyle | undefined =>
  text.startsWith('hint: ') ? { colour: 'cyan' } : /^ *\| *\^+$/.test(text) ? { colour: 'red' } : undefined;

function refusalLines(error: ErrorJson, state: RunState | undefined): readonly StyledLine[] {
  const host = error.host === undefined ? undefined : state?.hosts[error.host];
  const { title, explain } = errorKind(error.code);
  return [
    [
      statusSymbol('refused'),
      styled(displayText` ${error.host ?? 'swarm'}  `),
      styled(displayText`REFUSED: ${title}`, { bold: true }),
      styled(displayText`  ${error.code}`),
    ],
    ...[error.message, ...(error.detail?.split('\n') ?? [])].map((text): StyledLine => [styled(displayText`    ${toOneLine(text)}`)]),
    ...(host === undefined ? [] : routeProofLines(error.host ?? '', host)),
    [styled(displayText`    ${explain.what} ${explain.why}`, { dim: true })],
    ...(error.hint === undefined ? [] : [[styled(displayText`    fix it  `), styled(toOneLine(error.hint), { colour: 'cyan' })]]),
    [styled(displayText`    more    `), styled(displayText`swarm explain ${error.code}`, { colour: 'cyan' })],
  ];
}

/** What each route of a host proved. */
export function routeProofLines(name: string, host: HostState): readonly StyledLine[] {
  if (host.setAside.length === 0) return [];
  const routes = [
    ...host.setAside.map(({ route, status, machine }) => ({
      route: toOneLine(route),
      line: [
        statusSymbol('aside'),
        styled(
          machine === undefined ? displayText` ${status}, set aside` : displayText` proves ${machine}, set aside`,
          statusSymbols.aside.style,
        ),
      ],
    })),
    ...(host.route === undefined
      ? []
      : [{ route: toOneLine(host.route), line: [statusSymbol('ok'), styled(displayText` proves ${name}`)] }]),
  ];
  const widest = Math.max(...routes.map(({ route }) => textWidth(route)));
  return [
    [styled(displayText`    routes of ${name}`)],
    ...routes.map(({ route, line }): StyledLine => [styled(displayText`      ${padText(route, widest)}  `), ...line]),
  ];
}
