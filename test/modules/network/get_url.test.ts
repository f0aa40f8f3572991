import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import getUrl from '../../../modules/network/get_url.ts';
import { withPrograms } from '../cases/case.ts';
import { createLocalHost, driveModule } from '../local-host.ts';
import { HOST_TOOLS, hostWithTools } from '../shells.ts';

const root = mkdtempSync(join(tmpdir(), 'swarm-get-url-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('with force a file is loaded where the URL has another one, and only there', async () => {
  const curl = `out=/dev/stdout; while [ $# -gt 1 ]; do [ "$1" = -o ] && out=$2; shift; done; [ "$out" = - ] && out=/dev/stdout; cat "$STATE/../source" >"$out"`;
  const remote = await withPrograms(root, { curl });
  const dest = join(root, 'there');
  const run = async (args: Record<string, unknown> = { force: true }) => {
    const wanted = getUrl.args.parse({ url: 'https://192.0.2.1/key', dest, unverified: true, ...args });
    const { changes, result } = await driveModule(getUrl.run(remote, wanted), remote);
    return [changes.map(({ verb }) => verb), result.msg];
  };
  writeFileSync(join(root, 'source'), 'one\n');
  expect(await run()).toEqual([['create'], 'OK']);
  expect(await run()).toEqual([[], 'OK']);
  writeFileSync(join(root, 'source'), 'two\n');
  expect(await run({})).toEqual([[], 'file already exists']);
  expect(await run()).toEqual([['update'], 'OK']);
  expect(readFileSync(dest, 'utf8')).toBe('two\n');
  rmSync(join(root, 'source'));
  await expect(run()).rejects.toThrow('https://192.0.2.1/key');
});

/** A server whose answers are `text`. */
async function serve(text: string): Promise<{ readonly url: string; readonly asked: IncomingHttpHeaders[] } & Disposable> {
  const asked: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers);
    response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    ...{ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tool`, asked },
    [Symbol.dispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

test.each(HOST_TOOLS)('headers, the password and backup, with the tools of %s', async (tools) => {
  using server = await serve('new\n');
  const dir = mkdtempSync(join(root, 'x'));
  const dest = join(dir, 'tool');
  writeFileSync(dest, 'old\n');
  const host = hostWithTools(dir, tools);
  const given = {
    url: server.url,
    dest,
    unverified: true,
    force: true,
    headers: { 'X-Token': 'abc' },
    url_username: 'ann',
    url_password: 'geheim',
  };
  const { changes } = await driveModule(getUrl.run(host, getUrl.args.parse({ ...given, backup: true })), host);
  expect(changes.map(({ verb }) => verb)).toEqual(['update']);
  expect(server.asked).toHaveLength(2);
  for (const headers of server.asked)
    expect(headers).toMatchObject({ 'x-token': 'abc', authorization: `Basic ${Buffer.from('ann:geheim').toString('base64')}` });
  expect(JSON.stringify(host.ran)).not.toMatch(/geheim|abc/);
  const kept = readdirSync(dir).find((name) => name.startsWith('tool.')) ?? '';
  expect([readFileSync(dest, 'utf8'), readFileSync(join(dir, kept), 'utf8')]).toEqual(['new\n', 'old\n']);
});

test('a host without curl is told what needs it, and takes a plain file with wget', async () => {
  using server = await serve('text\n');
  const dir = mkdtempSync(join(root, 'x'));
  mkdirSync(join(dir, 'bin'));
  for (const name of [
    'wget',
    'sh',
    'sha256sum',
    'dirname',
    'mv',
    'rm',
    'stat',
    'cat',
    'timeout',
    'chmod',
    'chown',
    'id',
    'readlink',
    'awk',
  ])
    symlinkSync(
      ['/usr/bin', '/bin'].map((folder) => join(folder, name)).find((file) => existsSync(file)) ?? '/nowhere',
      join(dir, 'bin', name),
    );
  const host = createLocalHost(dir, { env: { PATH: join(dir, 'bin') } });
  const run = (args: Record<string, unknown>) =>
    driveModule(getUrl.run(host, getUrl.args.parse({ url: server.url, dest: join(dir, 'there'), unverified: true, ...args })), host);
  await expect(run({ headers: { a: 'b' } })).rejects.toThrow('the host has no curl, which headers and a password need');
  await run({ validate_certs: false });
  expect(readFileSync(join(dir, 'there'), 'utf8')).toBe('text\n');
});

test('a URL of a file is refused with what does the same', () => {
  const { error } = getUrl.args.safeParse({ url: 'file:///srv/x.tar.gz', dest: '/tmp/x', unverified: true });
  expect(error?.issues[0]?.message).toContain('copy with remote_src: true');
});
