import type { Remote } from '../core/module.ts';
import { createLineSplitter } from '../core/output/line-splitter.ts';
import { type EmergeProgress, parseEmergeLine, stripControls } from '../gentoo/build-log/emerge-progress.ts';
import { type JobHeader, parseJobHeader, parseToolchain } from './emerge-job.ts';

/** Enough for the first error of a parallel build and all that follows it. */
const MAX_KEPT_LINES = 4000;

export interface BuildLog {
  /** The last lines, without the colour and cursor controls that some programs print into a file too. */
  readonly lines: readonly string[];
  /** Bytes read. */
  readonly bytes: number;
  /** Undefined where the job never printed its first line. */
  readonly header?: JobHeader;
  /** The versions of glibc and gcc that it compiled with. */
  readonly toolchain?: Readonly<Record<string, string>>;
}

/** Follows a job to its end. Emits its lines in batches, and its progress. Calls `onHeader` once, when the job has printed its header. */
export async function followBuild(remote: Remote, id: string, onHeader: (header: JobHeader) => void): Promise<BuildLog> {
  let lines: string[] = [];
  let batch: string[] = [];
  let bytes = 0;
  let header: JobHeader | undefined;
  let toolchain: BuildLog['toolchain'];
  let progress: EmergeProgress | undefined;
  const splitter = createLineSplitter('stdout', (_, line) => void batch.push(stripControls(line)));
  const handleBatch = (): void => {
    if (batch.length === 0) return;
    if (header === undefined) {
      header = batch.map(parseJobHeader).find((each) => each !== undefined);
      if (header !== undefined) onHeader(header);
    }
    toolchain ??= batch.map(parseToolchain).find((each) => each !== undefined); // the first: a build may print such a line too
    remote.emit({ type: 'task.output', stream: 'stdout', lines: batch });
    progress = emitProgress(remote, batch, progress);
    lines = [...lines.slice(-MAX_KEPT_LINES), ...batch];
    batch = [];
  };
  for await (const chunk of remote.jobs.follow(id, 0)) {
    bytes = chunk.offset + chunk.bytes.length;
    splitter.push(chunk.bytes);
    handleBatch();
  }
  splitter.end();
  handleBatch();
  return { lines: lines.slice(-MAX_KEPT_LINES), bytes, ...(header && { header }), ...(toolchain && { toolchain }) };
}

/** Only the newest of a batch is worth an event: the screen shows one line a host. A phase that names no package is the last one's. */
function emitProgress(remote: Remote, batch: readonly string[], last: EmergeProgress | undefined): EmergeProgress | undefined {
  let progress = last;
  for (const line of batch) {
    const found = parseEmergeLine(line);
    if (found !== undefined) progress = found.phase === 'resolve' ? found : { ...progress, ...found };
  }
  if (progress === undefined || progress === last) return last;
  const { phase, subject, done, total } = progress;
  remote.emit({
    type: 'task.progress',
    phase,
    ...(subject === undefined ? {} : { subject }),
    ...(done === undefined ? {} : { done }),
    ...(total === undefined ? {} : { total }),
  });
  return progress;
}
