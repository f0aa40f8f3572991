import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import user from '../../../modules/accounts/user.ts';
import { withPrograms } from '../cases/case.ts';
import { driveModule } from '../local-host.ts';

const base = mkdtempSync(join(tmpdir(), 'swarm-user-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const HASH = '$6$abcd$xyz';
const name = userInfo().username;

/** A host with this account, whose tools write their words to $STATE/told. */
async function prepare(folder: string, { shadow, exists = true }: { readonly shadow: string; readonly exists?: boolean }) {
  const dir = join(base, folder);
  const tell = (tool: string): string => `[ "$1" = -e ] && read -r line; echo ${tool} "$@" $line >>"$STATE/told"`;
  const remote = await withPrograms(dir, {
    getent: 'grep "^$2:" "$STATE/$1"',
    ...{ id: 'echo users', useradd: tell('useradd'), usermod: tell('usermod'), userdel: tell('userdel') },
    ...{
      chpasswd: tell('chpasswd'),
      chage: tell('chage'),
      'ssh-keygen': 'for file; do :; done; echo "$*" >"$file"; echo public >"$file.pub"',
      su: 'exec sh -c "$5"',
    },
  });
  mkdirSync(join(dir, 'home'), { recursive: true });
  writeFileSync(join(dir, 'state/passwd'), exists ? `${name}:x:1000:100::${join(dir, 'home')}:/bin/sh\n` : '');
  writeFileSync(join(dir, 'state/shadow'), `${name}:${shadow}\n`);
  const told = (): string => {
    const file = join(dir, 'state/told');
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    rmSync(file, { force: true });
    return text;
  };
  const run = async (args: object) => {
    const { changes, result } = await driveModule(user.run(remote, user.args.parse({ name, ...args })), remote);
    return { changes: changes.length, result, told: told() };
  };
  return { run, home: join(dir, 'home') };
}

test('password_lock locks a password, and the same password behind the lock is not a difference', async () => {
  const open = await prepare('open', { shadow: `${HASH}:::::::` });
  expect(await open.run({ password_lock: true })).toMatchObject({ changes: 1, told: `usermod -L -- ${name}\n` });
  expect(await open.run({ password_lock: false, password: HASH })).toMatchObject({ changes: 0 });
  const locked = await prepare('locked', { shadow: `!${HASH}:::::::` });
  expect(await locked.run({ password_lock: true, password: HASH })).toMatchObject({ changes: 0 });
  expect((await locked.run({ password: HASH, password_lock: false })).told).toBe(`chpasswd -e ${name}:${HASH}\n`);
});

test('a new account whose password was not set before a kill gets it, also with on_create', async () => {
  const given = { password: HASH, update_password: 'on_create', create_home: false };
  const fresh = await prepare('fresh', { shadow: '', exists: false });
  const { told } = await fresh.run(given);
  expect(told).toMatch(/^useradd .*-p !\S+ -- .*\nchpasswd -e /);
  const mark = /-p (!\S+)/.exec(told)?.[1];
  expect((await (await prepare('killed', { shadow: `${mark}:::::::` })).run(given)).told).toBe(`chpasswd -e ${name}:${HASH}\n`);
  expect((await (await prepare('old', { shadow: '!:::::::' })).run(given)).told).toBe('');
});

test('expires is a day of the account', async () => {
  const { run } = await prepare('expires', { shadow: `${HASH}::::::23148:` });
  expect(await run({ expires: 2_000_000_000 })).toMatchObject({ changes: 0 });
  expect((await run({ expires: -1 })).told).toBe(`usermod -e  -- ${name}\n`);
  expect((await run({ expires: 86_400 })).told).toBe(`usermod -e 1970-01-02 -- ${name}\n`);
});

test('a new user has its skeleton and umask, an old one its files moved', async () => {
  const none = await prepare('none', { shadow: '', exists: false });
  const { told } = await none.run({ skeleton: '/etc/skel2', umask: '077', uid: 0, non_unique: true });
  expect(told).toBe(`useradd -M -u 0 -o -- ${name}\n`);
  const old = await prepare('old', { shadow: `${HASH}:::::::` });
  expect((await old.run({ home: '/srv/x', move_home: true })).told).toBe(`usermod -d /srv/x -m -- ${name}\n`);
  expect((await old.run({ state: 'absent', force: true })).told).toBe(`userdel -f -- ${name}\n`);
});

test('generate_ssh_key makes a key once, and returns its public part', async () => {
  const { run, home } = await prepare('key', { shadow: `${HASH}:::::::` });
  const first = await run({ generate_ssh_key: true, ssh_key_type: 'ed25519' });
  expect(first).toMatchObject({ changes: 1, result: { ssh_key_file: `${home}/.ssh/id_ed25519`, ssh_public_key: 'public' } });
  expect(await run({ generate_ssh_key: true, ssh_key_type: 'ed25519' })).toMatchObject({
    changes: 0,
    result: { ssh_public_key: 'public' },
  });
});

test('the ages of a password are set where they differ; -1 is an age that is not set', async () => {
  const { run } = await prepare('ages', { shadow: `${HASH}:19000:0:90:7:::` });
  const ages = { password_expire_min: 0, password_expire_max: 90, password_expire_warn: 7, password_expire_account_disable: -1 };
  expect(await run(ages)).toMatchObject({ changes: 0 });
  expect(await run({ ...ages, password_expire_max: -1, password_expire_account_disable: 30 })).toMatchObject({
    changes: 1,
    told: `chage -M -1 -I 30 -- ${name}\n`,
  });
});

test('a new account gets the ages of its password behind it', async () => {
  const { run } = await prepare('new-ages', { shadow: '', exists: false });
  expect((await run({ password_expire_max: 90, create_home: false })).told).toMatch(/^useradd .*\nchage -M 90 -- .*\n$/);
});
