import { joinLines, splitLines } from '../../core/text-lines.ts';
import { findIniSection, readIniLine } from './edit-ini.ts';

/** An option that has several lines in its section. */
export interface IniValues {
  readonly section: string;
  readonly option: string;
  readonly values: readonly string[];
  readonly state: 'present' | 'absent';
  /** Its other lines go. */
  readonly exclusive: boolean;
  /** What stands between name and value; default ` = `. */
  readonly separator?: string | undefined;
}

/** The text with a line of the option for each value, or without them. Lines that are right stay where they are. */
export function editIniValues(text: string, { section, option, values, state, exclusive, separator = ' = ' }: IniValues): string {
  const lines = splitLines(text);
  const { found, start, end } = findIniSection(lines, section);
  const isOwn = (line: string, at: number): boolean => found && at >= start && at < end && readIniLine(line)?.option === option;
  const readValue = (line: string): string => readIniLine(line)?.value ?? '';
  const seen = new Set<string>();
  const isKept = (line: string, at: number): boolean => {
    if (!isOwn(line, at)) return true;
    if (state === 'absent') return !exclusive && !values.includes(readValue(line));
    const isRight = values.includes(readValue(line)) && !seen.has(readValue(line));
    seen.add(readValue(line));
    return isRight || !exclusive;
  };
  const kept = lines.filter(isKept);
  if (state === 'absent') return kept.length === lines.length ? text : joinLines(kept);
  const added = values.filter((value) => !seen.has(value)).map((value) => `${option}${separator}${value}`);
  if (kept.length === lines.length && added.length === 0) return text;
  if (!found) return joinLines([...lines, ...(lines.length > 0 ? [''] : []), `[${section}]`, ...added]);
  const place = findIniSection(kept, section);
  const last = kept.findLastIndex((line, at) => at >= place.start && at < place.end && readIniLine(line)?.option === option);
  return joinLines(kept.toSpliced(last >= 0 ? last + 1 : place.lastLine, 0, ...added));
}
