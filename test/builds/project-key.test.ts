import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeProjectKey } from '../../src/builds/project-key.ts';

test('each project has a key of its own, by whatever path it is reached', () => {
  const dir = mkdtempSync(join(tmpdir(), 'swarm-key-'));
  try {
    for (const name of ['one', 'two']) mkdirSync(join(dir, name));
    symlinkSync('one', join(dir, 'link'));
    const [one, two, link] = ['one', 'two', 'link'].map((name) => makeProjectKey(join(dir, name)));
    expect(one).toMatch(/^[0-9a-f]{12}$/);
    expect([one === link, one === two]).toEqual([true, false]);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
