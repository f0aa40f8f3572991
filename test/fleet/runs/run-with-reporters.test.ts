import { expect, test } from 'vitest';
import type { RunEvent } from '../../../src/core/event.ts';
import type { Reporter } from '../../../src/core/reporter.ts';
import type { RunState } from '../../../src/core/run-state.ts';
import { runWithReporters } from '../../../src/fleet/runs/run-with-reporters.ts';
import { openJournal } from '../../../src/journal/journal.ts';
import { folder as temporaryFolder } from '../../journal/temporary-folder.ts';

test('a run that throws closes every reporter and its journal, and its error is the one that counts', async () => {
  using folder = temporaryFolder();
  const journal = await openJournal(folder.path, 'r1');
  const seen: (RunEvent['type'] | RunState | undefined)[] = [];
  const reporter = (fails: boolean): Reporter => ({
    event: ({ type }) => void seen.push(type),
    async close(state) {
      seen.push(state);
      if (fails) throw new Error('cannot write the report');
    },
  });
  const run = runWithReporters(journal, [reporter(true), reporter(false)], async () => {
    journal.emit({ type: 'run.note', text: 'x' });
    throw new Error('the disk is full');
  });
  await expect(run).rejects.toThrow('the disk is full');
  expect(seen).toEqual(['run.note', 'run.note', undefined, undefined]);
});
