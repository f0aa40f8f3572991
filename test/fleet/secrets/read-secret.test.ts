import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { maskText } from '../../../src/core/mask.ts';
import { readSecret } from '../../../src/fleet/secrets/read-secret.ts';

const dir = mkdtempSync(join(tmpdir(), 'swarm-secret-'));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true });
});

const file = (name: string, text: string, mode: number): string => {
  writeFileSync(join(dir, name), text);
  chmodSync(join(dir, name), mode);
  return `file:${name}`;
};
const refused = expect.objectContaining({ code: 'SW1207' });

describe('a secret', () => {
  test('comes from a file with mode 0600, without its last line end, and is hidden from then on', async () => {
    expect(await readSecret('key', file('good', 'correct-horse\n', 0o600), dir)).toBe('correct-horse');
    expect(maskText('the key is correct-horse')).not.toContain('correct-horse');
  });

  test.each([0o640, 0o604, 0o620])('is refused from a file with mode %o', async (mode) => {
    await expect(readSecret('key', file('open', 'battery-staple', mode), dir)).rejects.toThrow(refused);
  });

  test('is refused from a file that does not exist, a folder, and a symbolic link', async () => {
    symlinkSync(join(dir, 'good'), join(dir, 'link'));
    for (const source of ['file:none', 'file:.', 'file:link']) await expect(readSecret('key', source, dir)).rejects.toThrow(refused);
  });

  test('comes from an environment variable; one that is not set is refused by name', async () => {
    vi.stubEnv('SWARM_TEST_SECRET', 'environment-value');
    expect(await readSecret('key', 'env:SWARM_TEST_SECRET', dir)).toBe('environment-value');
    await expect(readSecret('key', 'env:SWARM_TEST_NONE', dir)).rejects.toThrow(/SWARM_TEST_NONE/);
  });

  test('comes from a command that runs in the folder of the project', async () => {
    expect(await readSecret('key', 'cmd:cat good', dir)).toBe('correct-horse');
  });

  test('of a command that fails is refused, and what it printed is not shown', async () => {
    const error = await readSecret('key', 'cmd:echo half-a-secret; echo more-secret >&2; exit 3', dir).catch((thrown: Error) => thrown);
    expect(error).toEqual(refused);
    expect(JSON.stringify(error)).not.toMatch(/half-a-secret","|more-secret"/);
    expect((error as Error).message).not.toContain('half-a-secret');
  });

  test('on the command line itself is refused and not repeated', async () => {
    const error = await readSecret('key', 'plain-value-here', dir).catch((thrown: Error) => thrown);
    expect(error).toEqual(refused);
    expect((error as Error).message).not.toContain('plain-value-here');
  });

  test('that is too short to be hidden is refused', async () => {
    await expect(readSecret('key', file('short', 'abc', 0o600), dir)).rejects.toThrow(refused);
  });
});
