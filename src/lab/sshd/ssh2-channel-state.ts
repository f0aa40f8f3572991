import type { ServerChannel } from 'ssh2';

/** The fields in which a channel of ssh2 1.17 keeps the chunk that waits for the window, one pair for each output. */
export const WAITING_CHUNK_FIELDS = ['_chunk', '_chunkcb', '_chunkErr', '_chunkcbErr'] as const;

/** Forgets the chunk that was written last. ssh2 never clears these fields, and so it repeats or loses output when stdout and stderr wait
 *  together. They are private: they are named in this file alone, and ssh2-private-parts.test.ts fails when ssh2 renames them. */
export function clearWaitingChunk(channel: ServerChannel): void {
  for (const field of WAITING_CHUNK_FIELDS) (channel as unknown as Record<string, undefined>)[field] = undefined;
}
