/** Something that is not converted. */
export interface LeftPart {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  readonly reason: string;
  /** It is left because it stands among handlers: as a task it could be converted. */
  readonly amongHandlers?: true;
}

/** Something that means something else afterwards. */
export interface ChangedPart {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
  /** In a task, which counts as changed. */
  readonly inTask?: true;
}

/** What a conversion did. It is filled while the files are read. */
export interface ConversionReport {
  readonly tasks: { converted: number; changed: number; left: number };
  readonly left: LeftPart[];
  readonly changed: ChangedPart[];
}

/** A report with nothing in it. */
export const createReport = (): ConversionReport => ({ tasks: { converted: 0, changed: 0, left: 0 }, left: [], changed: [] });

const MAX_TEXT = 2000;

/** Adds a part that is not converted, with its original text. */
export function reportLeft({ left }: ConversionReport, part: LeftPart): undefined {
  left.push({ ...part, text: part.text.length > MAX_TEXT ? `${part.text.slice(0, MAX_TEXT)}…` : part.text });
}

/** Adds a file that is not converted. */
export const reportLeftFile = (report: ConversionReport, file: string, reason: string): undefined =>
  reportLeft(report, { file, line: 1, text: '', reason });

/** Adds what the conversion of one of several projects did. `folder`: where its files are, with a slash at the end. */
export function addReport(report: ConversionReport, { tasks, left, changed }: ConversionReport, folder: string): undefined {
  report.tasks.converted += tasks.converted;
  report.tasks.changed += tasks.changed;
  report.tasks.left += tasks.left;
  report.left.push(...left.map((part) => ({ ...part, file: `${folder}${part.file}` })));
  report.changed.push(...changed.map((part) => ({ ...part, file: `${folder}${part.file}` })));
}
