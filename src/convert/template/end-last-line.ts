import type { Branch, Part } from './template-part.ts';

/** How many line breaks an output ends with: at least and at most. */
interface Ending {
  readonly min: number;
  readonly max: number;
}

/** What a value can end with: `line`: it has no line break at the end, and is not empty; `empty`: it has none and may be empty. */
export type ValueEnding = 'line' | 'empty' | 'unknown';

/** What a template is ended with. */
interface EndRules {
  valueEnding(value: Extract<Part, { kind: 'value' }>): ValueEnding;
  /** Whether the text itself may get a block that adds line breaks. */
  readonly mayWrap: boolean;
}

export interface EndedTemplate {
  readonly parts: readonly Part[];
  /** Values that get a line break where they have none. */
  readonly endings: ReadonlySet<Part>;
}

const MANY = 1000;
const NONE: Ending = { min: 0, max: 0 };

/** The parts of a template as Ansible ends it. Jinja leaves the last line break out, and Ansible adds line breaks until there are as many
 *  at the end as in the source. */
export function endLastLine(parts: readonly Part[], source: string, rules: EndRules): EndedTemplate {
  const endings = new Set<Part>();
  const wanted = countBreaks(source);
  if (wanted === 0) return { parts, endings };
  const last = parts.at(-1);
  const literal = last?.kind === 'text' ? countBreaks(last.text) : 0;
  const kept = Math.max(0, literal - 1);
  const cut = last?.kind === 'text' && literal > 0 ? withText(parts.slice(0, -1), last.text.slice(0, -literal)) : parts;
  const breaks = wanted - kept;
  const closed = closeEnd(cut, NONE, breaks, { ...rules, endings }) ?? (rules.mayWrap ? wrapEnd(cut, breaks) : withBreaks(cut, breaks));
  return { parts: withBreaks(closed, kept), endings };
}

const countBreaks = (text: string): number => /\n*$/.exec(text)?.[0].length ?? 0;

function withText(parts: readonly Part[], text: string): readonly Part[] {
  if (text === '') return parts;
  const last = parts.at(-1);
  if (last?.kind === 'text') return [...parts.slice(0, -1), { kind: 'text', text: last.text + text }];
  return [...parts, { kind: 'text', text }];
}

const withBreaks = (parts: readonly Part[], count: number): readonly Part[] => withText(parts, '\n'.repeat(count));

const union = (...all: readonly Ending[]): Ending => ({
  min: Math.min(...all.map(({ min }) => min)),
  max: Math.max(...all.map(({ max }) => max)),
});

const isSilent = ({ kind }: Part): boolean => kind === 'comment' || kind === 'set' || kind === 'macro' || kind === 'import';

/** How the output ends after these parts; `before`: how it ends before them. */
function endingOf(parts: readonly Part[], before: Ending, rules: EndRules): Ending {
  return parts.reduce((ending, part) => endingAfter(part, ending, rules), before);
}

function endingAfter(part: Part, before: Ending, rules: EndRules): Ending {
  switch (part.kind) {
    case 'text': {
      const count = countBreaks(part.text);
      return count < part.text.length ? { min: count, max: count } : { min: before.min + count, max: before.max + count };
    }
    case 'value': {
      const ending = rules.valueEnding(part);
      return ending === 'line' ? NONE : { min: 0, max: ending === 'empty' ? before.max : MANY };
    }
    case 'if': {
      const all = [...part.branches, part.otherwise].map((branch) =>
        branch === undefined ? before : endingOf(branch.body, before, rules),
      );
      return union(...all, ...(part.otherwise === undefined ? [before] : []));
    }
    case 'for': {
      const none = part.otherwise === undefined ? before : endingOf(part.otherwise.body, before, rules);
      const once = endingOf(part.body, before, rules);
      return union(none, once, endingOf(part.body, union(before, once), rules));
    }
    case 'group':
      return endingOf(part.body, before, rules);
    case 'call':
      return { min: 0, max: MANY };
    case 'include':
    case 'left':
      return { min: MANY, max: MANY };
    default:
      return before;
  }
}

/** The same parts with line breaks at the end of each way through them; undefined where the values decide how many there must be. */
function closeEnd(
  parts: readonly Part[],
  before: Ending,
  breaks: number,
  rules: EndRules & { readonly endings: Set<Part> },
): readonly Part[] | undefined {
  const ending = endingOf(parts, before, rules);
  if (ending.min >= breaks) return parts;
  if (ending.min === ending.max) return withBreaks(parts, breaks - ending.min);
  const at = parts.findLastIndex((part) => !isSilent(part));
  const last = parts[at];
  if (last === undefined) return undefined;
  const start = endingOf(parts.slice(0, at), before, rules);
  if (last.kind === 'value' && start.min >= 1 && breaks === 1) {
    rules.endings.add(last);
    return parts;
  }
  if (last.kind === 'group') {
    const body = closeEnd(last.body, start, breaks, rules);
    return body && parts.with(at, { ...last, body });
  }
  if (last.kind !== 'if') return undefined;
  const close = (branch: Branch): Branch | undefined => {
    const body = closeEnd(branch.body, start, breaks, rules);
    return body && { ...branch, body };
  };
  const branches = last.branches.flatMap((branch) => close(branch) ?? []);
  const otherwise = close(last.otherwise ?? { body: [], tag: { ...last.end, newlineCut: false } });
  if (otherwise === undefined || branches.length < last.branches.length) return undefined;
  const isEmpty = last.otherwise === undefined && otherwise.body.length === 0;
  return parts.with(at, { ...last, branches, ...(isEmpty ? {} : { otherwise }) });
}

/** The last line, and what follows it, in a block that adds the line breaks that the output lacks. */
function wrapEnd(parts: readonly Part[], breaks: number): readonly Part[] {
  const at = parts.findLastIndex((part) => part.kind === 'text' && /[^\n]/.test(part.text));
  const part = parts[at];
  if (part?.kind !== 'text') return [{ kind: 'end_line', breaks, body: parts }];
  const from = part.text.lastIndexOf('\n', Math.max(0, part.text.replace(/\n+$/, '').length - 1)) + 1;
  const head = withText(parts.slice(0, at), part.text.slice(0, from));
  return [...head, { kind: 'end_line', breaks, body: [{ kind: 'text', text: part.text.slice(from) }, ...parts.slice(at + 1)] }];
}
