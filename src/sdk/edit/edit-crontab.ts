import { joinLines, splitLines } from '../../core/text-lines.ts';

/** An entry of a crontab: a line below a comment with its name, or a variable. */
export interface CrontabEdit {
  readonly name: string;
  /** The line; undefined: the entry is removed. */
  readonly line: string | undefined;
  readonly kind: 'job' | 'variable';
}

/** The crontab with the entry as it should be. An entry that Ansible made, below `#Ansible: NAME`, is the same entry. */
export function editCrontab(text: string, { name, line, kind }: CrontabEdit): string {
  const lines = splitLines(text);
  return joinLines(kind === 'job' ? editJob(lines, name, line) : editVariable(lines, name, line));
}

function editJob(lines: readonly string[], name: string, line: string | undefined): readonly string[] {
  const title = `# swarm: ${name}`;
  const entry = line === undefined ? [] : [title, line];
  const at = lines.findIndex((each) => each === title || each === `#Ansible: ${name}`);
  return at < 0 ? [...lines, ...entry] : lines.toSpliced(at, 2, ...entry);
}

/** A variable counts for the jobs below it, so a new one is the first line. */
function editVariable(lines: readonly string[], name: string, line: string | undefined): readonly string[] {
  const at = lines.findIndex((each) => each.replace(/\s*=.*$/, '') === name && each !== name);
  const entry = line === undefined ? [] : [line];
  return at < 0 ? [...entry, ...lines] : lines.toSpliced(at, 1, ...entry);
}
