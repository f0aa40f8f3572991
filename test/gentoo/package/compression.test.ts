import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { unpackPart } from '../../../src/gentoo/package/compression.ts';

let dir: string;
const text = Buffer.from('a line of text that repeats\n'.repeat(100_000));

async function unpack(packed: Uint8Array, limit = text.length): Promise<Buffer> {
  const file = join(dir, 'packed');
  writeFileSync(file, packed);
  await using handle = await open(file);
  const pieces: Buffer[] = [];
  for await (const piece of unpackPart({ handle, start: 0, length: packed.length, compression: 'zstd', name: 'image.tar.zst' }, limit))
    pieces.push(piece);
  return Buffer.concat(pieces);
}

describe.each([
  ['with the program zstd', process.env['PATH'] ?? ''],
  ['without the program zstd', '/nowhere'],
])('%s', (_, path) => {
  let packed: Buffer;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'swarm-zstd-'));
    packed = execFileSync('zstd', ['-c'], { input: text });
    vi.stubEnv('PATH', path);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(dir, { recursive: true });
  });

  test('one frame, and two after each other', async () => {
    expect((await unpack(packed)).equals(text)).toBe(true);
    expect((await unpack(Buffer.concat([packed, packed]), 2 * text.length)).length).toBe(2 * text.length);
  });

  test.each([
    ['cut short', () => packed.subarray(0, -20)],
    ['bytes after its end', () => Buffer.concat([packed, Buffer.from('more')])],
    ['another format', () => Buffer.from('no zstd at all')],
  ])('%s is refused', async (_, damaged) => {
    await expect(unpack(damaged())).rejects.toMatchObject({ code: 'SW4003', message: expect.stringContaining('cannot be unpacked') });
  });

  test('more than the limit is refused', async () => {
    await expect(unpack(packed, 1000)).rejects.toMatchObject({ code: 'SW4003', message: expect.stringContaining('1000 bytes') });
  });
});
