import type { OnLine } from '../connection.ts';
import type { JobId, Jobs } from '../job.ts';
import { createLineSplitter } from './line-splitter.ts';
import { createOutputTail, decodeTail } from './output-tail.ts';
import { RESULT_BYTES } from './result-bytes.ts';

/** The end of what a job printed, and whether its beginning is missing. */
interface JobOutput {
  readonly stdout: string;
  readonly truncated?: true;
}

/** Follows a job until it ends, hands its lines on, and keeps as much of its output as a result may have. */
export async function readJobOutput(jobs: Jobs, id: JobId, onLine: OnLine | undefined): Promise<JobOutput> {
  const tail = createOutputTail(RESULT_BYTES);
  const splitter = onLine === undefined ? undefined : createLineSplitter('stdout', onLine);
  for await (const { bytes } of jobs.follow(id, 0)) {
    splitter?.push(bytes);
    tail.add(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }
  splitter?.end();
  const { bytes, truncated } = tail.read();
  return { stdout: decodeTail(bytes, truncated), ...(truncated ? { truncated } : {}) };
}
