import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import localeGen from '../../../modules/system/locale_gen.ts';
import { withPrograms } from '../cases/case.ts';
import { driveModule } from '../local-host.ts';

const base = mkdtempSync(join(tmpdir(), 'swarm-locale-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** A root with this list, whose locale-gen makes `made`. */
async function runLocale(args: Record<string, unknown>, list: string, made: string, programs: Record<string, string> = {}) {
  const dir = mkdtempSync(join(base, 'root-'));
  mkdirSync(join(dir, 'etc'));
  mkdirSync(join(dir, 'lib'));
  if ('musl' in programs) writeFileSync(join(dir, 'lib/ld-musl-x86_64.so.1'), '');
  writeFileSync(join(dir, 'etc/locale.gen'), list);
  const remote = await withPrograms(dir, {
    chroot: 'shift; exec "$@"',
    locale: 'cat "$STATE/made"',
    'locale-gen': 'cp "$STATE/makes" "$STATE/made"',
    ...programs,
  });
  writeFileSync(join(dir, 'state/made'), 'C\nde_DE.utf8\n');
  writeFileSync(join(dir, 'state/makes'), made);
  const { changes } = await driveModule(localeGen.run(remote, localeGen.args.parse({ root: dir, ...args })), remote);
  return { changes: changes.map(({ subject }) => subject.replace(dir, '')), list: readFileSync(join(dir, 'etc/locale.gen'), 'utf8') };
}

test('absent makes a comment of the line', async () => {
  expect(await runLocale({ name: 'de_DE.UTF-8', state: 'absent' }, 'de_DE.UTF-8 UTF-8\nfr_FR.UTF-8 UTF-8\n', 'C\n')).toEqual({
    changes: ['/etc/locale.gen', 'locales de_DE.UTF-8'],
    list: '# de_DE.UTF-8 UTF-8\nfr_FR.UTF-8 UTF-8\n',
  });
});

test('what the C library always has needs no line', async () => {
  expect(await runLocale({ name: ['C.UTF-8', 'POSIX'] }, '', '')).toEqual({ changes: [], list: '' });
});

test.each([
  ['a name that the host does not know', {}, 'xx_XX', 'C\n', 'SW6012', 'does not know the locale xx_XX'],
  ['a line of which locale-gen makes nothing', {}, 'fr_FR.UTF-8', 'C\n', 'SW6012', 'locale-gen did not make fr_FR.UTF-8'],
  ['a host without locale-gen', { chroot: 'exit 1' }, 'fr_FR.UTF-8', '', 'SW6011', 'the host has no locale-gen'],
  ['a host with musl', { chroot: 'exit 1', musl: '' }, 'fr_FR.UTF-8', '', 'SW6011', 'musl'],
])('%s is an error', async (_, programs, name, made, code, text) => {
  await expect(runLocale({ name }, '# fr_FR.UTF-8 UTF-8\n', made, programs)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(text),
  });
});
