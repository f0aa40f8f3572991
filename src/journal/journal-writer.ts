import { type FileHandle, stat } from 'node:fs/promises';
import { fileError } from '../core/error/convert-error.ts';
import { SwarmError } from '../core/error/swarm-error.ts';
import type { OutputGate } from '../core/output/output-gate.ts';

/** Appends text in order, several pieces in one write. After a failed write or sync it writes nothing more. */
export interface JournalWriter {
  append(text: string): void;
  /** Closed while the disk is behind. It opens when everything appended is written, or nothing is written any more. */
  readonly outputGate: OutputGate;
  /** Resolves when everything appended so far is on the disk. Concurrent calls share one sync. */
  flush(): Promise<void>;
  /** The error after which nothing is written, if there was one. */
  readonly failure: SwarmError | undefined;
  close(): Promise<void>;
}

/** Characters that may wait for a slow disk. */
const MOST_WAITING = 4 * 1024 * 1024;

/** Characters of one write. A disk that is slower than the hosts must not make a text that is longer than a text can be. */
const WRITE_SIZE = 8 * 1024 * 1024;

/** A writer at the end of `handle`, which it owns from now on. `failureHint` says what to do when the disk takes no more. */
export function createJournalWriter(handle: FileHandle, file: string, failureHint: () => string): JournalWriter {
  const pending = createTextQueue();
  let appended = 0;
  let synced = 0;
  let failure: SwarmError | undefined;
  let writing: Promise<void> | undefined;
  let syncing: Promise<void> | undefined;

  // After a failed fsync the kernel may have dropped the pages and report success next time: never tried again.
  const fail = (error: unknown): SwarmError => {
    failure ??= fileError(error, file, failureHint());
    return failure;
  };

  const drain = async (): Promise<void> => {
    try {
      while (pending.count > 0 && failure === undefined) await writeWhole(handle, Buffer.from(pending.takeBatch()));
    } catch (error) {
      fail(error);
    } finally {
      writing = undefined;
    }
  };
  const sync = async (): Promise<void> => {
    try {
      await writing;
      const upTo = appended - pending.count;
      if (failure === undefined) await handle.datasync();
      if (failure === undefined) await assertInPlace(handle, file);
      synced = Math.max(synced, upTo);
    } catch (error) {
      fail(error);
    } finally {
      syncing = undefined;
    }
  };
  const flush = async (): Promise<void> => {
    const goal = appended;
    while (failure === undefined && synced < goal) {
      syncing ??= sync();
      await syncing;
    }
    if (failure !== undefined) throw failure;
  };

  return {
    append(text) {
      if (failure !== undefined) throw failure;
      pending.append(text);
      appended += 1;
      // in the next turn of the event loop, so that events of the same moment share one write
      writing ??= Promise.resolve().then(drain);
    },
    outputGate: () => (pending.size < MOST_WAITING || failure !== undefined ? undefined : writing),
    flush,
    get failure() {
      return failure;
    },
    async close() {
      try {
        await flush();
        await assertInPlace(handle, file); // it may have been removed after the last sync
      } finally {
        await handle.close();
      }
    },
  };
}

/** Texts that are not yet written, in order. */
function createTextQueue() {
  const texts: string[] = [];
  let size = 0;
  return {
    get count() {
      return texts.length;
    },
    /** In characters. */
    get size() {
      return size;
    },
    append(text: string): void {
      texts.push(text);
      size += text.length;
    },
    /** The first texts, as one of at most about WRITE_SIZE characters. */
    takeBatch(): string {
      let taken = 0;
      const end = texts.findIndex((text) => {
        taken += text.length;
        return taken > WRITE_SIZE;
      });
      size -= taken;
      return texts.splice(0, end < 0 ? texts.length : end + 1).join('');
    },
  };
}

/** In as few writes as the system makes of it: `appendFile` makes one of each 512 KiB, and falls behind hosts that print a lot. */
async function writeWhole(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at)).bytesWritten;
}

/** A file that somebody removes or moves takes text for ever, and nobody finds it. Throws SW5007. */
async function assertInPlace(handle: FileHandle, file: string): Promise<void> {
  const [own, found] = await Promise.all([handle.stat(), stat(file).catch(() => undefined)]);
  if (found !== undefined && found.ino === own.ino && found.dev === own.dev) return;
  throw new SwarmError('SW5007', `${file} was removed while the run wrote it`, {
    hint: 'The run stopped, and it cannot be resumed: its record is gone. See on the hosts what was done, then start a new run.',
  });
}
