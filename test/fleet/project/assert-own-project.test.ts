import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { assertOwnProject } from '../../../src/fleet/project/assert-own-project.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-own-'));
  for (const folder of ['inventory', 'modules', 'playbooks', '.swarm/cache'])
    mkdirSync(join(dir, folder), { recursive: true, mode: 0o755 });
  for (const file of ['inventory/swarm.yml', 'modules/motd.ts', 'playbooks/site.yml']) writeFileSync(join(dir, file), '');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true, force: true });
});

const PARTS = ['.', 'inventory', 'inventory/swarm.yml', 'modules', 'modules/motd.ts', 'playbooks/site.yml', '.swarm', '.swarm/cache'];

test('a project of the user is used, also where its group may write', () => {
  assertOwnProject(dir);
  for (const part of PARTS) chmodSync(join(dir, part), 0o775);
  assertOwnProject(dir);
});

test('the folder of a project is one word of the command to type', () => {
  const spaced = join(dir, 'my project');
  mkdirSync(spaced);
  chmodSync(spaced, 0o777);
  expect(() => assertOwnProject(spaced)).toThrow(expect.objectContaining({ hint: expect.stringContaining(`swarm -C '${spaced}' …`) }));
});

test.each(PARTS)('a project in which everybody may write to %s is refused', (part) => {
  chmodSync(join(dir, part), 0o777);
  expect(() => assertOwnProject(dir)).toThrow(
    expect.objectContaining({ code: 'SW5021', message: expect.stringContaining(`everybody may write to ${join(dir, part)}`) }),
  );
});

describe.skipIf(process.getuid?.() !== 0)('as root', () => {
  test.each(PARTS)('a project in which another user owns %s is refused, and not where that user called sudo', (part) => {
    chownSync(join(dir, part), 12345, 12345);
    expect(() => assertOwnProject(dir)).toThrow(expect.objectContaining({ code: 'SW5021', message: expect.stringContaining('uid 12345') }));
    vi.stubEnv('SUDO_UID', '12345');
    assertOwnProject(dir);
  });

  test('a link counts as what it leads to', () => {
    writeFileSync(join(dir, 'elsewhere.ts'), '');
    chownSync(join(dir, 'elsewhere.ts'), 12345, 12345);
    symlinkSync(join(dir, 'elsewhere.ts'), join(dir, 'modules/linked.ts'));
    expect(() => assertOwnProject(dir)).toThrow(expect.objectContaining({ code: 'SW5021' }));
  });
});
