import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { systemError } from '../../../src/core/error/system-error.ts';

const dir = mkdtempSync(join(tmpdir(), 'swarm-errno-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const at = (name: string): string => join(dir, name);
writeFileSync(at('file'), '');
mkdirSync(at('folder'));
symlinkSync('nowhere', at('dead'));
symlinkSync('no/where', at('deep'));
writeFileSync(at('folder/inner'), '');
symlinkSync(at('loop'), at('loop'));

const thrownBy = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
};

describe('as Node throws it', () => {
  test.each([
    ['no such file', () => readFileSync(at('none')), 'SW5007', `cannot open ${at('none')}: there is no such file or folder`],
    ['a file as a folder', () => readdirSync(at('file')), 'SW5007', `cannot read ${at('file')}: a part of the path is not a folder`],
    [
      'a file in the middle of a path',
      () => mkdirSync(at('file/a/b'), { recursive: true }),
      'SW5007',
      `cannot write ${at('file/a/b')}: a part of the path is not a folder`,
    ],
    ['a circle of links', () => readFileSync(at('loop')), 'SW5003', `cannot open ${at('loop')}: its symbolic links form a circle`],
    [
      'a link that leads nowhere',
      () => readFileSync(at('dead')),
      'SW5007',
      `${at('dead')} is a link to ${at('nowhere')}, which does not exist`,
    ],
    [
      'a folder below a link that leads nowhere',
      () => mkdirSync(at('dead/runs/k3f9'), { recursive: true }),
      'SW5007',
      `${at('dead')} is a link to ${at('nowhere')}, which does not exist`,
    ],
    [
      'a folder in the place of a link whose goal has no folder',
      () => mkdirSync(at('deep'), { recursive: true }),
      'SW5007',
      `${at('deep')} is a link to ${at('no/where')}, which does not exist`,
    ],
    ['a long name', () => readFileSync(at('x'.repeat(300))), 'SW5003', `cannot open ${at('x'.repeat(300))}: the name is too long`],
    ['a name that is taken', () => mkdirSync(at('folder')), 'SW5003', `cannot write ${at('folder')}: it exists already`],
    ['a folder with something in it', () => rmdirSync(at('folder')), 'SW5003', `cannot write ${at('folder')}: the folder is not empty`],
  ])('%s has its code and its path', (_, work, code, message) => {
    expect(systemError(thrownBy(work))).toMatchObject({ code, message, hint: expect.stringMatching(/^[A-Z].*\S$/) });
  });

  test('a folder that is read as a file gets the path of who read it', () => {
    expect(
      systemError(
        thrownBy(() => readFileSync(at('folder'))),
        at('folder'),
      )?.message,
    ).toBe(`cannot read ${at('folder')}: it is a folder, not a file`);
  });

  test('a program that is not installed is named', async () => {
    const [error] = await once(spawn(at('program'), ['x']), 'error').catch((thrown: unknown) => [thrown]);
    expect(systemError(error)).toMatchObject({
      code: 'SW5010',
      message: expect.stringContaining(`cannot start ${at('program')}: it is not installed`),
    });
  });

  test('a port that is in use is named', async () => {
    const first = createServer().listen(0, '127.0.0.1');
    await once(first, 'listening');
    const { port } = first.address() as { port: number };
    const [error] = await once(createServer().listen(port, '127.0.0.1'), 'never').catch((thrown: unknown) => [thrown]);
    first.close();
    expect(systemError(error)).toMatchObject({ code: 'SW5011', message: `127.0.0.1 port ${port}: another program uses the port` });
  });
});

describe('as the system reports it', () => {
  const made = (code: string, syscall: string, path?: string): Error =>
    Object.assign(new Error(code), { code, errno: -1, syscall, ...(path === undefined ? {} : { path }) });

  test.each([
    ['EACCES', 'open', 'SW5004'],
    ['EPERM', 'chmod', 'SW5004'],
    ['EROFS', 'open', 'SW5005'],
    ['ENOSPC', 'write', 'SW5001'],
    ['EDQUOT', 'write', 'SW5001'],
    ['EMFILE', 'open', 'SW5006'],
    ['EMFILE', 'connect', 'SW5006'],
    ['EAGAIN', 'spawn sh', 'SW5006'],
    ['ENFILE', 'open', 'SW5006'],
    ['EIO', 'fsync', 'SW5009'],
    ['ESTALE', 'stat', 'SW5009'],
    ['EUCLEAN', 'read', 'SW5003'],
    ['ECONNREFUSED', 'connect', 'SW5011'],
    ['ENOENT', 'uv_cwd', 'SW5007'],
    ['ERR_SYSTEM_ERROR', 'uv_os_get_passwd', 'SW5008'],
    ['ERR_SYSTEM_ERROR', 'uv_os_homedir', 'SW5008'],
  ])('%s of %s is %s', (errno, syscall, code) => {
    expect(systemError(made(errno, syscall, syscall.startsWith('uv_') ? undefined : '/srv/x'))?.code).toBe(code);
  });

  test('a copy to a disk that is full names the copy', () => {
    const error = Object.assign(made('ENOSPC', 'copyfile', '/srv/staged'), { dest: '/srv/binhost/copy' });
    expect(systemError(error)?.message).toBe('cannot write /srv/binhost/copy: no space left');
  });

  test('a hint names a folder that exists', () => {
    expect(systemError(made('EACCES', 'mkdir', at('none/deeper')))?.hint).toBe(`Check its owner and mode: ls -ld ${dir}`);
  });

  test('the name of a temporary file is not shown', () => {
    expect(systemError(made('EACCES', 'open', '/srv/swarm.yml.407017884'))?.message).toBe('cannot open /srv/swarm.yml: permission denied');
  });
});

test('any other error is none of the system', () => {
  expect(systemError(new TypeError('x'))).toBeUndefined();
  expect(systemError(Object.assign(new Error('x'), { code: 'ERR_INVALID_ARG_TYPE' }))).toBeUndefined();
  expect(systemError('text')).toBeUndefined();
  expect(systemError(undefined)).toBeUndefined();
});
