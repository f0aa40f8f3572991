import { joinLines, splitLines } from '../../core/text-lines.ts';

/** One setting of a file with `[sections]`, or of a file with `NAME=value` lines. */
export interface IniEdit {
  /** Empty: the lines before the first section. */
  readonly section: string;
  /** Undefined: the whole section. */
  readonly option?: string | undefined;
  /** Undefined: the name stands alone in its line, without `=`. */
  readonly value?: string | undefined;
  readonly state: 'present' | 'absent';
  /** What stands between name and value; default ` = `. */
  readonly separator?: string | undefined;
}

/** The text with one setting or section added, changed or removed. Comments and all other lines stay as they are. */
export function editIni(text: string, { section, option, value, state, separator = ' = ' }: IniEdit): string {
  const lines = splitLines(text);
  const { found, start, end, lastLine } = findIniSection(lines, section);
  const isOption = (line: string, at: number): boolean => found && at >= start && at < end && readIniLine(line)?.option === option;
  const at = option === undefined ? -1 : lines.findIndex(isOption);
  if (state === 'absent') {
    if (option === undefined) return found && section !== '' ? joinLines(lines.toSpliced(start - 1, end - start + 1)) : text;
    return at < 0 ? text : joinLines(lines.filter((line, index) => !isOption(line, index)));
  }
  const line = option === undefined ? [] : [value === undefined ? option : `${option}${separator}${value}`];
  if (!found) return joinLines([...lines, ...(lines.length > 0 ? [''] : []), `[${section}]`, ...line]);
  if (option === undefined) return text;
  if (at >= 0) return readIniLine(lines[at] ?? '')?.value === value ? text : joinLines(lines.with(at, line[0] ?? ''));
  return joinLines(lines.toSpliced(lastLine, 0, ...line));
}

/** Where the lines of a section are; `lastLine` is after the last one that is not empty. */
export function findIniSection(
  lines: readonly string[],
  section: string,
): { readonly found: boolean; readonly start: number; readonly end: number; readonly lastLine: number } {
  const header = lines.findIndex((line) => line.trim() === `[${section}]`);
  const start = section === '' ? 0 : header + 1;
  const next = lines.findIndex((line, at) => at >= start && /^\s*\[.*\]\s*$/.test(line));
  const end = next < 0 ? lines.length : next;
  let lastLine = end;
  while (lastLine > start && lines[lastLine - 1]?.trim() === '') lastLine--;
  return { found: section === '' || header >= 0, start, end, lastLine };
}

/** The setting in a line; without `=` it has no value. */
export function readIniLine(line: string): { readonly option: string; readonly value?: string } | undefined {
  const [, option, value] = /^\s*([^#;=\s[][^=]*?)\s*(?:=(.*))?$/.exec(line) ?? [];
  return option === undefined ? undefined : { option, ...(value === undefined ? {} : { value: value.trim() }) };
}
