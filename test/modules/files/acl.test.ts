import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import acl from '../../../modules/files/acl.ts';
import { createLocalHost, driveModule } from '../local-host.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp('/var/tmp/swarm-acl-'); // a tmpfs may keep no lists
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const canSet = (() => {
  try {
    execFileSync('setfacl', ['--test', '-m', 'u:0:r', '/var/tmp'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

async function run(args: Readonly<Record<string, unknown>>) {
  const host = createLocalHost(dir);
  const { changes, result } = await driveModule(acl.run(host, acl.args.parse(args)), host);
  return { changes: changes.length, result };
}
const read = (path: string) => execFileSync('getfacl', ['-cn', '--', path], { encoding: 'utf8', cwd: dir });

test.skipIf(!canSet)('real setfacl gives rights once, below a folder too, and takes them away', async () => {
  const path = join(dir, "-it's $(x)");
  await mkdir(join(path, 'deep'), { recursive: true });
  await writeFile(join(path, 'deep/f'), '', { mode: 0o600 });
  const rule = { path, etype: 'user', entity: '12345', permissions: 'rX', recursive: true };
  expect([(await run(rule)).changes, (await run(rule)).changes]).toEqual([1, 0]);
  expect(read(join(path, 'deep/f'))).toContain('user:12345:r--');
  expect(read(path)).toContain('user:12345:r-x');
  const standard = { path, etype: 'group', entity: '12345', permissions: 'rwx', default: true };
  expect([(await run(standard)).changes, (await run(standard)).changes]).toEqual([1, 0]);
  expect(read(path)).toContain('default:group:12345:rwx');
  expect((await run({ path, state: 'query' })).result.acl).toContain('default:group:12345:rwx');
  const gone = { path, etype: 'user', entity: '12345', recursive: true, state: 'absent' };
  expect([(await run(gone)).changes, (await run(gone)).changes]).toEqual([1, 0]);
  expect(read(join(path, 'deep/f'))).not.toContain('12345:r');
});

test.skipIf(!canSet)('without follow a link is left, and a path that is missing is an error', async () => {
  await writeFile(join(dir, 't'), '');
  await symlink('t', join(dir, 'l'));
  const rule = { path: join(dir, 'l'), etype: 'user', entity: '12345', permissions: 'r' };
  expect((await run({ ...rule, follow: false })).changes).toBe(0);
  expect((await run(rule)).changes).toBe(1);
  await expect(run({ ...rule, path: join(dir, 'none') })).rejects.toThrow(/none does not exist/);
});
