import { formatError } from '../../core/error/error-text.ts';
import type { ErrorJson } from '../../core/error/swarm-error.ts';
import { errorKind } from '../../core/error-codes.ts';
import type { HostState, RunState } from '../../core/run-state.ts';
import { displayText, padText, textWidth, toDisplayLines, toOneLine } from '../text/display-text.ts';
import { type StyledLine, statusSymbol, styled, styledHint } from '../text/styled-line.ts';
import { type DisplayStatus, statusSymbols, type TextStyle } from '../text/symbols.ts';
import { causeLines } from './cause-text.ts';
import { type FailureGroup, formatHostNames } from './same-failures.ts';

/** Whether an error means that a host failed, was unreachable or was refused. */
export function failureStatus(error: ErrorJson): Extract<DisplayStatus, 'failed' | 'unreachable' | 'refused'> {
  return errorKind(error.code).outcome;
}

/** One failure as lines: what happened, where, the part of the log, how to fix it. A refusal of a guard also explains the rule. */
export function failureLines(error: ErrorJson, state?: RunState): readonly StyledLine[] {
  if (failureStatus(error) === 'refused') return refusalLines(error, state);
  return state === undefined ? errorLines(error) : [...errorLines(error), ...causeLines(error, state)];
}

/** The same failure on several hosts, once: how many hosts, their names in at most so many columns, what happened, how to fix it. */
export function failureGroupLines({ error, members }: FailureGroup, state: RunState, columns: number): readonly StyledLine[] {
  if (members.length === 1) return failureLines(error, state);
  const names = members.map(({ host }) => host ?? '');
  const [head = [], ...rest] = failureLines({ ...error, host: `${names.length} hosts` });
  const indent = failureStatus(error) === 'refused' ? '    ' : '';
  const label = displayText`${indent}hosts: `;
  return [head, [styled(displayText`${label}${formatHostNames(names, Math.min(columns, MAX_NAMES_WIDTH) - textWidth(label))}`)], ...rest];
}

const MAX_NAMES_WIDTH = 100;

function errorLines(error: ErrorJson): readonly StyledLine[] {
  const [head, ...rest] = toDisplayLines(formatError(error));
  return [
    [styled(head ?? displayText``, { colour: 'red', bold: true })],
    ...rest.map((text): StyledLine => [text.startsWith('hint: ') ? styledHint(text, { colour: 'cyan' }) : styled(text, markStyle(text))]),
  ];
}

const markStyle = (text: string): TextStyle | undefined => (/^ *\| *\^+$/.test(text) ? { colour: 'red' } : undefined);

function refusalLines(error: ErrorJson, state: RunState | undefined): readonly StyledLine[] {
  const host = error.host === undefined ? undefined : state?.hosts.get(error.host);
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
    ...(error.hint === undefined ? [] : [[styled(displayText`    fix:    `), styledHint(toOneLine(error.hint), { colour: 'cyan' })]]),
    [styled(displayText`    more:   `), styled(displayText`swarm explain ${error.code}`, { colour: 'cyan' })],
  ];
}

/** To which machine each route of a host leads. */
export function routeProofLines(name: string, host: HostState): readonly StyledLine[] {
  if (host.setAside.length === 0) return [];
  const routes = [
    ...host.setAside.map(({ route, status, machine }) => ({
      route: toOneLine(route),
      line: [
        statusSymbol('aside'),
        styled(
          machine === undefined ? displayText` ${status}, excluded` : displayText` leads to ${machine}, excluded`,
          statusSymbols.aside.style,
        ),
      ],
    })),
    ...(host.route === undefined
      ? []
      : [{ route: toOneLine(host.route), line: [statusSymbol('ok'), styled(displayText` leads to ${name}`)] }]),
  ];
  const widest = Math.max(...routes.map(({ route }) => textWidth(route)));
  return [
    [styled(displayText`    routes of ${name}`)],
    ...routes.map(({ route, line }): StyledLine => [styled(displayText`      ${padText(route, widest)}  `), ...line]),
  ];
}
