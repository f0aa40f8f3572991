import { joinLines, splitLines } from '../../core/text-lines.ts';

/** One line that is to be in a text, or not. */
export interface LineEdit {
  readonly line?: string | undefined;
  readonly regexp?: string | undefined;
  readonly state: 'present' | 'absent';
  readonly insertafter?: string | undefined;
  readonly insertbefore?: string | undefined;
  /** `$1` in the line is what the first group of the regexp matched. Without a match the text stays. */
  readonly backrefs?: boolean | undefined;
  /** The first line that matches counts, not the last. */
  readonly firstmatch?: boolean | undefined;
}

/** A line without its end, and as it stands in the file: with a CR or without. */
interface FileLine {
  readonly text: string;
  readonly raw: string;
}

/** The text with one line put in, replaced or taken out. All other lines keep their ends, and a new one gets that of the first: LF or CRLF.
 *  Doing it twice is doing it once, unless the new line escapes its own regexp. */
export function editLines(text: string, change: LineEdit): string {
  const isCrlf = /^[^\n]*\r\n/.test(text);
  const lines = splitLines(text).map((raw): FileLine => ({ text: raw.replace(/\r$/, ''), raw }));
  const wanted = change.line?.replace(/\r$/, '');
  const line = wanted === undefined ? undefined : { text: wanted, raw: isCrlf ? `${wanted}\r` : wanted };
  const next = changeLines(lines, line, change);
  return next === lines ? text : joinLines(next.map(({ raw }) => raw));
}

/** The same list where nothing is to be done. */
function changeLines(lines: readonly FileLine[], line: FileLine | undefined, change: LineEdit): readonly FileLine[] {
  const isSame = (each: FileLine): boolean => each.text === line?.text;
  if (change.state === 'absent') {
    const isRemoved = change.regexp === undefined ? isSame : matches(change.regexp);
    const left = lines.filter((each) => !isRemoved(each));
    return left.length === lines.length ? lines : left;
  }
  if (line === undefined) return lines;
  const at = change.firstmatch ? lines.findIndex(matches(change.regexp)) : lines.findLastIndex(matches(change.regexp));
  const old = lines[at];
  if (old !== undefined && change.backrefs) return expandLine(lines, at, old, line, change.regexp ?? '');
  if (old !== undefined) return isSame(old) ? lines : lines.with(at, line);
  if (change.backrefs) return lines;
  return lines.some(isSame) ? lines : lines.toSpliced(insertPosition(lines, change), 0, line);
}

/** The line with the groups of what it matched, in the place of the whole old line. */
function expandLine(lines: readonly FileLine[], at: number, old: FileLine, { text }: FileLine, regexp: string): readonly FileLine[] {
  const groups = new RegExp(regexp).exec(old.text) ?? [];
  const next = text.replace(/\$(\$|\d)/g, (_, mark: string) => (mark === '$' ? '$' : (groups[Number(mark)] ?? '')));
  return next === old.text ? lines : lines.with(at, { text: next, raw: old.raw.endsWith('\r') ? `${next}\r` : next });
}

/** Where a new line goes: before or after the last line that matches, to the beginning with `BOF`, else to the end. */
export function insertPosition(
  lines: readonly { readonly text: string }[],
  { insertafter, insertbefore, firstmatch }: Pick<LineEdit, 'insertafter' | 'insertbefore' | 'firstmatch'>,
): number {
  if (insertbefore === 'BOF') return 0;
  const find = (pattern: string | undefined): number =>
    firstmatch ? lines.findIndex(matches(pattern)) : lines.findLastIndex(matches(pattern));
  const before = find(insertbefore);
  if (before >= 0) return before;
  const after = find(insertafter);
  return after >= 0 ? after + 1 : lines.length;
}

const matches =
  (pattern: string | undefined) =>
  ({ text }: { readonly text: string }): boolean =>
    pattern !== undefined && new RegExp(pattern).test(text);
