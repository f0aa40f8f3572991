import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import authorizedKey from '../../modules/accounts/authorized_key.ts';
import user from '../../modules/accounts/user.ts';
import copy from '../../modules/files/copy.ts';
import { withPrograms } from './cases/case.ts';
import { accounts } from './cases/system-cases.ts';
import { driveModule } from './local-host.ts';

const root = mkdtempSync(join(tmpdir(), 'swarm-killed-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const id = 'case $1 in -g) echo 0 ;; -un) exec /usr/bin/id -un ;; *) echo users ;; esac';
/** The first call ends the shell that makes the call, as a kill between two steps does; the others run this text. */
const killsOnce = (program: string, text: string): string =>
  `if [ ! -e "$STATE/${program}" ]; then : >"$STATE/${program}"; kill -9 $PPID; exit; fi; ${text}`;
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7qG1pZ8mAqYcE3kq3xw1o8vY1b2v7d2mQm1yq7rGdT';

test('after a kill there is no home, and the next run makes it', async () => {
  const home = join(root, 'homes/news');
  const useradd = `case " $* " in *' -m '*) mkdir -p ${home}; kill -9 $$ ;; esac; echo 'news:x:9:9::${home}:/bin/sh' >>"$STATE/passwd"`;
  const remote = await withPrograms(join(root, 'home'), { ...accounts, id, useradd, chown: killsOnce('chown', ':') });
  writeFileSync(join(root, 'home/state/passwd'), '');
  const run = () => driveModule(user.run(remote, user.args.parse({ name: 'news', umask: '077' })), remote);
  await expect(run()).rejects.toThrow();
  expect([existsSync(home), readdirSync(join(root, 'homes')).length]).toEqual([false, 1]);
  expect((await run()).changes.map(({ subject }) => subject)).toEqual([home]);
  expect(readdirSync(join(root, 'homes'))).toEqual(['news']);
  expect(statSync(home).mode & 0o777).toBe(0o700);
});

test('after a kill there is no private key, and the next run makes both keys', async () => {
  const home = join(root, 'key-home');
  const keygen = 'for file; do :; done; echo private >"$file"';
  const remote = await withPrograms(join(root, 'key'), {
    ...{ ...accounts, id, su: 'exec sh -c "$5"' },
    'ssh-keygen': `${keygen}; ${killsOnce('ssh-keygen', 'echo public >"$file.pub"')}`,
  });
  mkdirSync(home);
  writeFileSync(join(root, 'key/state/passwd'), `news:x:9:9::${home}:/bin/sh\n`);
  const run = () => driveModule(user.run(remote, user.args.parse({ name: 'news', generate_ssh_key: true })), remote);
  await expect(run()).rejects.toThrow();
  expect((await run()).result).toMatchObject({ ssh_public_key: 'public' });
  expect(readdirSync(join(home, '.ssh')).sort()).toEqual(['id_rsa', 'id_rsa.pub']);
});

test('after a kill there is no folder for keys that belongs to root', async () => {
  const home = join(root, 'keys-home');
  const remote = await withPrograms(join(root, 'keys'), { ...accounts, id, chown: killsOnce('chown', ':') });
  mkdirSync(home);
  writeFileSync(join(root, 'keys/state/passwd'), `news:x:${process.getuid?.()}:${process.getgid?.()}::${home}:/bin/sh\n`);
  const run = () => driveModule(authorizedKey.run(remote, authorizedKey.args.parse({ user: 'news', key: KEY })), remote);
  await expect(run()).rejects.toThrow();
  expect(existsSync(join(home, '.ssh'))).toBe(false);
  await run();
  expect([readdirSync(home), readFileSync(join(home, '.ssh/authorized_keys'), 'utf8')]).toEqual([['.ssh'], `${KEY}\n`]);
});

test('after a kill half a backup does not have the name of a backup', async () => {
  const path = join(root, 'conf');
  const remote = await withPrograms(join(root, 'backup'), {
    cp: 'for to; do :; done; case $to in *backup*|*~) ;; *) exec /bin/cp "$@" ;; esac; if [ ! -e "$STATE/cp" ]; then : >"$STATE/cp"; echo ol >"$to"; kill -9 $PPID; fi; exec /bin/cp "$@"',
  });
  writeFileSync(path, 'old\n');
  const run = () => driveModule(copy.run(remote, copy.args.parse({ dest: path, content: 'new\n', backup: true })), remote);
  await expect(run()).rejects.toThrow();
  await run();
  const copies = readdirSync(root).filter((name) => name.startsWith('conf.'));
  expect([copies.length, readFileSync(join(root, copies[0] ?? ''), 'utf8'), readFileSync(path, 'utf8')]).toEqual([1, 'old\n', 'new\n']);
});
