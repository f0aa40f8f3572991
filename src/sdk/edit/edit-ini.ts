/** One setting of a file with `[sections]`, or of a file with `NAME=value` lines. */
export interface IniEdit {
  /** Empty: the lines before the first section. */
  readonly section: string;
  /** Undefined: the whole section. */
  readonly option?: string | undefined;
  readonly value?: string | undefined;
  readonly state: 'present' | 'absent';
  /** What stands between name and value; default ` = `. */
  readonly separator?: string | undefined;
}

/** The text with one setting or section added, changed or removed. Comments and all other lines stay as they are. */
export function editIni(text: string, { section, option, value, state, separator = ' = ' }: IniEdit): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const header = lines.findIndex((line) => line.trim() === `[${section}]`);
  const start = section === '' ? 0 : header + 1;
  const next = lines.findIndex((line, at) => at >= start && /^\s*\[.*\]\s*$/.test(line));
  const found = section === '' || header >= 0;
  const end = next < 0 ? lines.length : next;
  const isOption = (line: string): boolean => /^\s*([^#;=\s][^=]*?)\s*=/.exec(line)?.[1] === option;
  const at = found && option !== undefined ? lines.findIndex((line, index) => index >= start && index < end && isOption(line)) : -1;
  if (state === 'absent') {
    if (option === undefined) return found && section !== '' ? join(lines.toSpliced(header, end - header)) : text;
    return at < 0 ? text : join(lines.filter((line, index) => index < start || index >= end || !isOption(line)));
  }
  const line = option === undefined ? [] : [`${option}${separator}${value ?? ''}`];
  if (!found) return join([...lines, ...(lines.length > 0 ? [''] : []), `[${section}]`, ...line]);
  if (option === undefined) return text;
  if (at >= 0) return readValue(lines[at] ?? '') === (value ?? '') ? text : join(lines.with(at, line[0] ?? ''));
  let last = end;
  while (last > start && lines[last - 1]?.trim() === '') last--;
  return join(lines.toSpliced(last, 0, ...line));
}

const readValue = (line: string): string => line.slice(line.indexOf('=') + 1).trim();

const join = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
