import type { OnLine } from '../connection.ts';
import type { JobId, Jobs } from '../job.ts';
import { createLineSplitter } from './line-splitter.ts';
import { RESULT_BYTES } from './result-bytes.ts';

/** The end of what a job printed, and whether its beginning is missing. */
interface JobOutput {
  readonly stdout: string;
  readonly truncated?: true;
}

/** Follows a job until it ends, hands its lines on, and keeps as much of its output as a result may have. */
export async function readJobOutput(jobs: Jobs, id: JobId, onLine: OnLine | undefined): Promise<JobOutput> {
  const decoder = new TextDecoder();
  const splitter = onLine === undefined ? undefined : createLineSplitter('stdout', onLine);
  let kept = '';
  let truncated = false;
  const keepEnd = (): void => {
    truncated ||= kept.length > RESULT_BYTES;
    kept = kept.slice(-RESULT_BYTES);
  };
  for await (const { bytes } of jobs.follow(id, 0)) {
    splitter?.push(Buffer.from(bytes));
    kept += decoder.decode(bytes, { stream: true });
    if (kept.length >= 2 * RESULT_BYTES) keepEnd();
  }
  splitter?.end();
  keepEnd();
  return { stdout: kept, ...(truncated ? { truncated } : {}) };
}
