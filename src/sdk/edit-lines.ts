export interface LineEdit {
  readonly line?: string | undefined;
  readonly regexp?: string | undefined;
  readonly state: 'present' | 'absent';
  readonly insertafter?: string | undefined;
  readonly insertbefore?: string | undefined;
}

/** The text with one line put in, replaced or taken out. Doing it twice is doing it once, unless the new line escapes its own regexp. */
export function editLines(text: string, change: LineEdit): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const matches = (pattern: string | undefined) => (line: string) => pattern !== undefined && new RegExp(pattern).test(line);
  const { line, state } = change;
  if (state === 'absent') {
    const isRemoved = change.regexp === undefined ? (each: string) => each === line : matches(change.regexp);
    return joinLines(lines.filter((each) => !isRemoved(each)));
  }
  if (line === undefined) return text;
  const at = lines.findLastIndex(matches(change.regexp));
  if (at >= 0) return lines[at] === line ? text : joinLines(lines.with(at, line));
  if (lines.includes(line)) return text;
  return joinLines(lines.toSpliced(insertPosition(lines, change, matches), 0, line));
}

type LineMatcher = (pattern: string | undefined) => (line: string) => boolean;

function insertPosition(lines: readonly string[], { insertafter, insertbefore }: LineEdit, matches: LineMatcher): number {
  const before = lines.findLastIndex(matches(insertbefore));
  if (before >= 0) return before;
  const after = lines.findLastIndex(matches(insertafter));
  return after >= 0 ? after + 1 : lines.length;
}

const joinLines = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
