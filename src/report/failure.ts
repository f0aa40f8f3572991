import { codes } from '../core/codes.ts';
import { describeError, type ErrorJson } from '../core/error.ts';
import type { HostState, RunState } from '../core/state.ts';
import { linesOf, oneLine, pad, show, width } from './display.ts';
import { draw, type Line, piece, sign } from './line.ts';
import type { Look } from './look.ts';
import { type Sign, type Style, signs } from './symbols.ts';

/** Refused, unreachable and failed are three things; the code tells which. */
export function kindOf(error: ErrorJson): Extract<Sign, 'failed' | 'unreachable' | 'refused'> {
  const exit = codes[error.code]?.exit;
  return exit === 7 ? 'refused' : exit === 4 ? 'unreachable' : 'failed';
}

/** One failure as lines: what, where, the part of the log, how to mend it. A guard's refusal says which rule, and that nothing was sent. */
export function failureLines(error: ErrorJson, state?: RunState): readonly Line[] {
  return kindOf(error) === 'refused' ? refusalLines(error, state) : errorLines(error);
}

/** For the normal screen: every failure of a run, each with an empty line before it. */
export function failures(state: RunState, look: Look): readonly string[] {
  return state.errors.flatMap((error) => ['', ...failureLines(error, state).map((line) => draw(line, look))]);
}

function errorLines(error: ErrorJson): readonly Line[] {
  const [head, ...rest] = linesOf(describeError(error));
  return [[piece(head ?? show``, { colour: 'red', bold: true })], ...rest.map((text): Line => [piece(text, styleOf(text))])];
}

const styleOf = (text: string): Style | undefined =>
  text.startsWith('hint: ') ? { colour: 'cyan' } : /^ *\| *\^+$/.test(text) ? { colour: 'red' } : undefined;

function refusalLines(error: ErrorJson, state: RunState | undefined): readonly Line[] {
  const host = error.host === undefined ? undefined : state?.hosts[error.host];
  const title = codes[error.code]?.title ?? 'Refused by a guard';
  return [
    [
      sign('refused'),
      piece(show` ${error.host ?? 'swarm'}  `),
      piece(show`REFUSED: ${title}`, { bold: true }),
      piece(show`  ${error.code}`),
    ],
    ...[error.message, ...(error.detail?.split('\n') ?? [])].map((text): Line => [piece(show`    ${oneLine(text)}`)]),
    ...(host === undefined ? [] : routeLines(error.host ?? '', host)),
    [piece(show`    ${codes[error.code]?.explain ?? ''}`, { dim: true })],
    ...(error.hint === undefined ? [] : [[piece(show`    fix it  `), piece(oneLine(error.hint), { colour: 'cyan' })]]),
    [piece(show`    more    `), piece(show`swarm explain ${error.code}`, { colour: 'cyan' })],
  ];
}

/** What each route of a host proved. */
export function routeLines(name: string, host: HostState): readonly Line[] {
  if (host.setAside.length === 0) return [];
  const routes = [
    ...host.setAside.map(({ route, status, machine }) => ({
      route: oneLine(route),
      line: [
        sign('aside'),
        piece(machine === undefined ? show` ${status}, set aside` : show` proves ${machine}, set aside`, signs.aside.style),
      ],
    })),
    ...(host.route === undefined ? [] : [{ route: oneLine(host.route), line: [sign('ok'), piece(show` proves ${name}`)] }]),
  ];
  const widest = Math.max(...routes.map(({ route }) => width(route)));
  return [
    [piece(show`    routes of ${name}`)],
    ...routes.map(({ route, line }): Line => [piece(show`      ${pad(route, widest)}  `), ...line]),
  ];
}
