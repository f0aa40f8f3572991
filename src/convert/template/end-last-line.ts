import type { Branch, Part } from './template-tree.ts';

const LINE_BREAK: Part = { kind: 'text', text: '\n' };

/** The parts of a template as Ansible ends it. Jinja leaves the last line break out, and Ansible adds it again only where what was rendered
 *  does not end with one. `endings`: values that get a line break where they have none. */
export function endLastLine(
  parts: readonly Part[],
  source: string,
): { readonly parts: readonly Part[]; readonly endings: ReadonlySet<Part> } {
  const endings = new Set<Part>();
  if (!source.endsWith('\n')) return { parts, endings };
  const [before, last] = parts.slice(-2);
  if (last?.kind !== 'text') return { parts: closeLine(parts, true, endings), endings };
  if (before?.kind !== 'value' || !/^\n+$/.test(last.text)) return { parts, endings };
  const closed = closeLine(parts.slice(0, -1), true, endings);
  const isWhole = !endings.has(before);
  return { parts: isWhole ? parts : [...closed, { kind: 'text', text: last.text.slice(1) }], endings };
}

const isSilent = ({ kind }: Part): boolean => kind === 'comment' || kind === 'set';

/** Whether the output of these parts ends a line; `before`: whether what stands before them does. A value does not. */
function endsLine(parts: readonly Part[], before: boolean): boolean {
  const last = parts.findLast((part) => !isSilent(part));
  switch (last?.kind) {
    case undefined:
      return before;
    case 'text':
      return last.text.endsWith('\n');
    case 'value':
      return false;
    case 'if':
      return [...last.branches, last.otherwise].every((branch) => branch === undefined || endsLine(branch.body, before));
    case 'for':
    case 'group':
      return endsLine(last.body, before);
    default:
      return true; // an included file, or what is not converted
  }
}

/** The same parts with a line break at the end of each way through them that has none. */
function closeLine(parts: readonly Part[], before: boolean, endings: Set<Part>): readonly Part[] {
  const at = parts.findLastIndex((part) => !isSilent(part));
  const last = parts[at];
  if (last === undefined) return before ? parts : [...parts, LINE_BREAK];
  const startsLine = endsLine(parts.slice(0, at), before);
  if (last.kind === 'value' && startsLine) {
    endings.add(last);
    return parts;
  }
  if (last.kind === 'group') return parts.with(at, { ...last, body: closeLine(last.body, startsLine, endings) });
  if (last.kind !== 'if') return endsLine([last], startsLine) ? parts : [...parts, LINE_BREAK];
  const branches = [...last.branches, ...(last.otherwise === undefined ? [] : [last.otherwise])];
  if (!startsLine && branches.every(({ body }) => !endsLine(body, false))) return [...parts, LINE_BREAK];
  const close = (branch: Branch): Branch => ({ ...branch, body: closeLine(branch.body, startsLine, endings) });
  const otherwise = last.otherwise ?? (startsLine ? undefined : { body: [], tag: { ...last.end, newlineCut: false } });
  return parts.with(at, {
    ...last,
    branches: last.branches.map(close),
    ...(otherwise === undefined ? {} : { otherwise: close(otherwise) }),
  });
}
