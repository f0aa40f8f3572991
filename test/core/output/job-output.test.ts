import { expect, test } from 'vitest';
import type { Jobs } from '../../../src/core/job.ts';
import { readJobOutput } from '../../../src/core/output/job-output.ts';
import { RESULT_BYTES } from '../../../src/core/output/result-bytes.ts';

/** What is kept of a job that prints these pieces. */
function read(...pieces: readonly Buffer[]): Promise<{ readonly stdout: string; readonly truncated?: true }> {
  const jobs: Pick<Jobs, 'follow'> = {
    async *follow() {
      for (const bytes of pieces) yield { offset: 0, bytes };
    },
  };
  return readJobOutput(jobs as Jobs, 'job', undefined);
}

test('a character in two pieces is one; half a one at the end is seen', async () => {
  const bytes = Buffer.from('aä€');
  expect(await read(bytes.subarray(0, 2), bytes.subarray(2))).toEqual({ stdout: 'aä€' });
  expect(await read(bytes.subarray(0, 5))).toEqual({ stdout: 'aä\ufffd' });
});

test.each([0, 1, 2])('the last bytes are kept, from a whole character on: %i more bytes', async (more) => {
  const { stdout, truncated } = await read(Buffer.from('€'.repeat(RESULT_BYTES / 2)), Buffer.alloc(more, 'x'));
  expect(truncated).toBe(true);
  expect(Buffer.byteLength(stdout)).toBeLessThanOrEqual(RESULT_BYTES);
  expect(Buffer.byteLength(stdout)).toBeGreaterThan(RESULT_BYTES - 3);
  expect(stdout.startsWith('€')).toBe(true);
});
