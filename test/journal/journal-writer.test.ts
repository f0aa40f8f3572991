import { type FileHandle, mkdtemp, open, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createJournalWriter } from '../../src/journal/journal-writer.ts';

const FILE = import.meta.filename; // its content is not used

/** A file that does what a broken disk does. */
function disk(faults: { readonly write?: string; readonly sync?: string }) {
  const done: string[] = [];
  const fail = (code: string): never => {
    throw Object.assign(new Error(code), { code });
  };
  const handle = {
    async write(bytes: Buffer, from: number) {
      if (faults.write !== undefined) fail(faults.write);
      const part = bytes.subarray(from, from + 5_000_000); // a disk may take less than it is given
      done.push(part.toString());
      return { bytesWritten: part.length };
    },
    async datasync() {
      done.push('sync');
      if (faults.sync !== undefined) fail(faults.sync);
    },
    stat: () => stat(FILE),
    async close() {},
  };
  return { handle: handle as unknown as FileHandle, done };
}

test('what is appended together is written together, in order, and synced once for all who wait', async () => {
  const { handle, done } = disk({});
  const writer = createJournalWriter(handle, FILE, () => '');
  for (const text of ['a', 'b', 'c']) writer.append(text);
  await Promise.all([writer.flush(), writer.flush(), writer.flush()]);
  expect(done).toEqual(['abc', 'sync']);
});

test('who prints much waits for a disk that is behind, and nobody else does', async () => {
  const { handle, done } = disk({});
  const writer = createJournalWriter(handle, FILE, () => '');
  writer.append('few');
  expect(writer.outputGate()).toBeUndefined();
  writer.append('x'.repeat(8 * 2 ** 20));
  await writer.outputGate();
  expect(done.join('')).toHaveLength(3 + 8 * 2 ** 20);
  expect(writer.outputGate()).toBeUndefined();
  await writer.flush();
});

test('however much waits for the disk, one write is never much larger than 8 MiB, and nothing is lost', async () => {
  const { handle, done } = disk({});
  const writer = createJournalWriter(handle, FILE, () => '');
  const piece = 'x'.repeat(3 * 1024 * 1024);
  for (let n = 0; n < 10; n++) writer.append(`${n}${piece}`);
  await writer.flush();
  const writes = done.filter((each) => each !== 'sync');
  expect(Math.max(...writes.map((text) => text.length))).toBeLessThanOrEqual(12 * 1024 * 1024);
  expect(writes.join('').replaceAll('x', '')).toBe('0123456789');
});

test('a failed sync is final: never tried again, and nothing more is written', async () => {
  const { handle, done } = disk({ sync: 'EIO' });
  const writer = createJournalWriter(handle, FILE, () => '');
  writer.append('a');
  await expect(writer.flush()).rejects.toMatchObject({ code: 'SW5009' });
  await expect(writer.flush()).rejects.toMatchObject({ code: 'SW5009' });
  expect(() => writer.append('b')).toThrow(expect.objectContaining({ code: 'SW5009' }));
  await expect(writer.close()).rejects.toMatchObject({ code: 'SW5009' });
  expect(done.filter((each) => each === 'sync')).toHaveLength(1);
});

test('a full disk has a code of its own', async () => {
  const writer = createJournalWriter(disk({ write: 'ENOSPC' }).handle, FILE, () => '');
  writer.append('a');
  await expect(writer.flush()).rejects.toMatchObject({ code: 'SW5001' });
});

test.each([
  ['removed', (dir: string) => rm(dir, { recursive: true })],
  ['moved away', (dir: string) => rename(dir, `${dir}-moved`)],
])('a file that is %s while it is written is an error, at the next flush and at the end', async (_, spoil) => {
  for (const late of [false, true]) {
    const dir = await mkdtemp(join(tmpdir(), 'swarm-writer-'));
    const file = join(dir, 'events.jsonl');
    const writer = createJournalWriter(await open(file, 'a'), file, () => '');
    writer.append('a');
    await writer.flush();
    await spoil(dir);
    if (!late) {
      writer.append('b');
      await expect(writer.flush()).rejects.toMatchObject({ code: 'SW5007', message: `${file} was removed while the run wrote it` });
    }
    await expect(writer.close()).rejects.toMatchObject({ code: 'SW5007' });
    for (const each of [dir, `${dir}-moved`]) await rm(each, { recursive: true, force: true });
  }
});
