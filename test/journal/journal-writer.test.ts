import type { FileHandle } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createJournalWriter } from '../../src/journal/journal-writer.ts';

/** A file that does what a broken disk does. */
function disk(faults: { readonly write?: string; readonly sync?: string }) {
  const done: string[] = [];
  const fail = (code: string): never => {
    throw Object.assign(new Error(code), { code });
  };
  const handle = {
    async appendFile(text: string) {
      if (faults.write !== undefined) fail(faults.write);
      done.push(text);
    },
    async datasync() {
      done.push('sync');
      if (faults.sync !== undefined) fail(faults.sync);
    },
    async close() {},
  };
  return { handle: handle as unknown as FileHandle, done };
}

test('what is appended together is written together, in order, and synced once for all who wait', async () => {
  const { handle, done } = disk({});
  const writer = createJournalWriter(handle, 'events.jsonl');
  for (const text of ['a', 'b', 'c']) writer.append(text);
  await Promise.all([writer.flush(), writer.flush(), writer.flush()]);
  expect(done).toEqual(['abc', 'sync']);
});

test('a failed sync is final: never tried again, and nothing more is written', async () => {
  const { handle, done } = disk({ sync: 'EIO' });
  const writer = createJournalWriter(handle, 'events.jsonl');
  writer.append('a');
  await expect(writer.flush()).rejects.toMatchObject({ code: 'SW5009' });
  await expect(writer.flush()).rejects.toMatchObject({ code: 'SW5009' });
  expect(() => writer.append('b')).toThrow(expect.objectContaining({ code: 'SW5009' }));
  await expect(writer.close()).rejects.toMatchObject({ code: 'SW5009' });
  expect(done.filter((each) => each === 'sync')).toHaveLength(1);
});

test('a full disk has a code of its own', async () => {
  const writer = createJournalWriter(disk({ write: 'ENOSPC' }).handle, 'events.jsonl');
  writer.append('a');
  await expect(writer.flush()).rejects.toMatchObject({ code: 'SW5001' });
});
