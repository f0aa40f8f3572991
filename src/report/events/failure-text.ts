import { describeError, type ErrorJson } from '../../core/error.ts';
import { codes } from '../../core/error-codes.ts';
import type { Blame } from '../../core/event.ts';
import type { HostState, RunState } from '../../core/run-state.ts';
import { join, linesOf, oneLine, pad, show, width } from '../text/display-text.ts';
import { type Line, piece, sign } from '../text/styled-line.ts';
import { type Sign, type Style, signs } from '../text/symbols.ts';

/** Refused, unreachable and failed are three things; the code tells which. */
export function kindOf(error: ErrorJson): Extract<Sign, 'failed' | 'unreachable' | 'refused'> {
  const exit = codes[error.code]?.exit;
  return exit === 7 ? 'refused' : exit === 4 ? 'unreachable' : 'failed';
}

/** One failure as lines: what, where, the part of the log, how to mend it. A guard's refusal says which rule, and that nothing was sent. */
export function failureLines(error: ErrorJson, state?: RunState): readonly Line[] {
  if (kindOf(error) === 'refused') return refusalLines(error, state);
  return state === undefined ? errorLines(error) : [...errorLines(named(error, state.run)), ...blameLines(error, state)];
}

/** A hint that leads to a log says which one. */
export function named(error: ErrorJson, run: string): ErrorJson {
  if (error.hint === undefined || error.host === undefined || run === '') return error;
  return { ...error, hint: error.hint.replace(/\bswarm runs logs$/, `swarm runs logs ${run} ${error.host}`) };
}

/** Where an item was tried, who is to blame, and who is not. */
export function blameLines(error: ErrorJson, { items }: RunState): readonly Line[] {
  const item = Object.values(items).find(
    (each) => each.error?.code === error.code && each.error.message === error.message && each.error.host === error.host,
  );
  const tries = item?.tries ?? [];
  if (tries.length === 0) return [];
  const by = new Map<Blame, Set<string>>();
  for (const { host, blame } of tries) by.set(blame, (by.get(blame) ?? new Set()).add(host));
  const verdicts = [...by].map(([blame, among]) => {
    const hosts = [...among].join(', ');
    if (blame === 'host') return show`${hosts} at fault`;
    return blame === 'unknown' ? show`cause unknown on ${hosts}` : show`the ${blame} is at fault, not ${hosts}`;
  });
  const where = tries.length === 1 ? show`tried once` : show`tried on ${tries.map(({ host }) => host).join(', ')}`;
  return [[piece(show`blame: ${where}; ${join(verdicts, '; ')}`)]];
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
