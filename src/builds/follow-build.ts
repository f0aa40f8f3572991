import { type EmergeProgress, readEmergeLine, stripControls } from '../gentoo/build-log/emerge-progress.ts';
import type { Remote } from '../index.ts';
import { type Opening, parseOpening } from './emerge-job.ts';

/** Enough for the first error of a parallel build and all that follows it. */
const kept = 4000;

export interface BuildLog {
  /** The last lines, without the colour and cursor controls that some programs print into a file too. */
  readonly lines: readonly string[];
  /** Bytes read. */
  readonly bytes: number;
  /** Undefined where the job never printed its first line. */
  readonly opening?: Opening;
}

/** Follows a job to its end: tells its lines in batches and what they mean for progress. `onOpening` is called once, early. */
export async function followBuild(remote: Remote, id: string, onOpening: (opening: Opening) => void): Promise<BuildLog> {
  const decoder = new TextDecoder();
  const lines: string[] = [];
  let bytes = 0;
  let rest = '';
  let opening: Opening | undefined;
  let progress: EmergeProgress | undefined;
  const take = (text: string, last: boolean): void => {
    const parts = (rest + text).split('\n');
    rest = last ? '' : (parts.pop() ?? '');
    if (last && parts.at(-1) === '') parts.pop();
    if (parts.length === 0) return;
    const batch = parts.map(stripControls);
    if (opening === undefined) {
      opening = batch.map(parseOpening).find((each) => each !== undefined);
      if (opening !== undefined) onOpening(opening);
    }
    remote.tell({ type: 'task.output', stream: 'stdout', lines: batch });
    progress = tellProgress(remote, batch, progress);
    lines.push(...batch);
    if (lines.length > 2 * kept) lines.splice(0, lines.length - kept);
  };
  for await (const chunk of remote.jobs.follow(id, 0)) {
    bytes = chunk.offset + chunk.bytes.length;
    take(decoder.decode(chunk.bytes, { stream: true }), false);
  }
  take(decoder.decode(), true);
  return { lines: lines.slice(-kept), bytes, ...(opening === undefined ? {} : { opening }) };
}

/** Only the newest of a batch is worth an event: the screen shows one line a host. A phase that names no package is the last one's. */
function tellProgress(remote: Remote, batch: readonly string[], last: EmergeProgress | undefined): EmergeProgress | undefined {
  let progress = last;
  for (const line of batch) {
    const found = readEmergeLine(line);
    if (found !== undefined) progress = found.phase === 'resolve' ? found : { ...progress, ...found };
  }
  if (progress === undefined || progress === last) return last;
  const { phase, subject, done, total } = progress;
  remote.tell({
    type: 'task.progress',
    phase,
    ...(subject === undefined ? {} : { subject }),
    ...(done === undefined ? {} : { done }),
    ...(total === undefined ? {} : { total }),
  });
  return progress;
}
