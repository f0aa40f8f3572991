import { once } from 'node:events';
import { cpSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { publishPackages, stagePackage, verifyPackages } from '../../../../src/gentoo/binhost/publish.ts';
import { serveBinhost } from '../../../../src/gentoo/binhost/serve/serve-binhost.ts';
import { diskStore } from '../../../../src/gentoo/binhost/store/disk-store.ts';
import { fixtures, sample, temporaryFolder } from '../../samples.ts';

async function served(connections?: number): Promise<{ readonly dir: string; readonly url: string; readonly port: number }> {
  const dir = temporaryFolder();
  cpSync(join(fixtures, 'gpkg-multi'), dir, { recursive: true });
  const server = await serveBinhost(diskStore(dir), connections === undefined ? {} : { connections });
  onTestFinished(async () => await server[Symbol.asyncDispose]());
  return { dir, url: `http://127.0.0.1:${server.port}`, port: server.port };
}

const PACKAGE = 'rig-libs/right/right-1.0-1.gpkg.tar';

test('the index, its compressed twin and a package are served whole', async () => {
  const { dir, url } = await served();
  const index = await fetch(`${url}/Packages`);
  expect(await index.text()).toBe(readFileSync(join(dir, 'Packages'), 'utf8'));
  const gz = await fetch(`${url}/Packages.gz`);
  expect(gunzipSync(Buffer.from(await gz.arrayBuffer())).toString()).toBe(readFileSync(join(dir, 'Packages'), 'utf8'));
  const file = await fetch(`${url}/${PACKAGE}`);
  expect(Buffer.from(await file.arrayBuffer())).toEqual(readFileSync(join(dir, PACKAGE)));
  expect(file.headers.get('content-length')).toBe('10240');
});

test('a job asks below a folder of its own, and gets the same', async () => {
  const { dir, url } = await served();
  const [index, file, none] = await Promise.all(
    [`Packages`, PACKAGE, '.job-b/Packages'].map((path) => fetch(`${url}/.job-a1B2c3/${path}`)),
  );
  expect(await index?.text()).toBe(readFileSync(join(dir, 'Packages'), 'utf8'));
  expect([file?.status, none?.status]).toEqual([200, 404]);
});

test('Last-Modified is the TIMESTAMP, and If-Modified-Since is answered by it', async () => {
  const { url } = await served();
  const stamp = new Date(1_795_281_549_000);
  for (const name of ['Packages', 'Packages.gz']) {
    const at = (since: number): Promise<Response> =>
      fetch(`${url}/${name}`, { headers: { 'If-Modified-Since': new Date(since).toUTCString() } });
    expect((await fetch(`${url}/${name}`)).headers.get('last-modified')).toBe(stamp.toUTCString());
    expect((await at(stamp.getTime() - 1000)).status).toBe(200);
    expect((await at(stamp.getTime())).status).toBe(304);
    expect((await at(stamp.getTime() + 5000)).status).toBe(304);
  }
});

test('a publication is seen at the next request, also by a client that asks for one at least 5 s younger', async () => {
  const { dir, url } = await served();
  const since = new Date((await fetch(`${url}/Packages`)).headers.get('last-modified') ?? '').getTime() + 5000;
  const store = diskStore(dir);
  await publishPackages(store, await verifyPackages(store, [await stagePackage(store, sample('gpkg-signed', 'rigtool-0-1.gpkg.tar'))]), {
    run: 'A',
    host: 'h',
  });
  const next = await fetch(`${url}/Packages`, { headers: { 'If-Modified-Since': new Date(since).toUTCString() } });
  expect(next.status).toBe(200);
  expect(await next.text()).toContain('CPV: virtual/rigtool-0\n');
  expect((await fetch(`${url}/virtual/rigtool/rigtool-0-1.gpkg.tar`)).status).toBe(200);
});

test.each([
  ['bytes=100-199', 206, [100, 200], 'bytes 100-199/10240'],
  ['bytes=10000-', 206, [10000, 10240], 'bytes 10000-10239/10240'],
  ['bytes=-40', 206, [10200, 10240], 'bytes 10200-10239/10240'],
  ['bytes=0-99999', 206, [0, 10240], 'bytes 0-10239/10240'],
  ['bytes=1-2,5-6', 200, [0, 10240], null],
  ['nonsense', 200, [0, 10240], null],
] as const)('Range: %s', async (range, status, [from, to], header) => {
  const { dir, url } = await served();
  const response = await fetch(`${url}/${PACKAGE}`, { headers: { Range: range } });
  expect(response.status).toBe(status);
  expect(response.headers.get('content-range')).toBe(header);
  expect(Buffer.from(await response.arrayBuffer())).toEqual(readFileSync(join(dir, PACKAGE)).subarray(from, to));
});

test('a range outside the file is 416', async () => {
  const { url } = await served();
  const response = await fetch(`${url}/${PACKAGE}`, { headers: { Range: 'bytes=10240-' } });
  expect([response.status, response.headers.get('content-range')]).toEqual([416, 'bytes */10240']);
});

test('HEAD answers with sizes and no content; other methods are refused', async () => {
  const { url } = await served();
  const head = await fetch(`${url}/${PACKAGE}`, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '10240', '']);
  expect((await fetch(`${url}/${PACKAGE}`, { method: 'PUT', body: 'x' })).status).toBe(405);
});

test.each([
  '/',
  '/../../../../etc/passwd',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/rig-libs/right/../../secret',
  '/.swarm/lock',
  '/rig-libs',
  '/unlisted.gpkg.tar',
  '//etc/passwd',
  '/%00',
  '/%',
])('%s has no name here', async (path) => {
  const { dir, port } = await served();
  writeFileSync(join(dir, 'unlisted.gpkg.tar'), 'x');
  writeFileSync(join(dir, 'secret'), 'x');
  // fetch would tidy the path before it is sent.
  const [status, body] = await new Promise<[number | undefined, string]>((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, path },
      (response) => void text(response).then((got) => resolve([response.statusCode, got])),
    );
    sent.on('error', reject).end();
  });
  expect([status, body]).toEqual([404, '']);
});

test('an index that cannot be read is 503, not half an index', async () => {
  const { dir, url } = await served();
  writeFileSync(join(dir, 'Packages'), 'CPV: half');
  expect((await fetch(`${url}/Packages`)).status).toBe(503);
});

test('of too many connections the one that has asked for nothing the longest ends: a download goes on, and others are served', async () => {
  const { dir, port, url } = await served(4);
  truncateSync(join(dir, PACKAGE), 32 * 1024 * 1024); // more than buffers take
  const [download] = (await once(request({ port, path: `/${PACKAGE}` }).end(), 'response')) as [IncomingMessage];
  const idle: Socket[] = [];
  for (let n = 0; n < 20; n++) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    idle.push(socket);
    await once(socket, 'connect');
  }
  expect((await fetch(`${url}/Packages`)).status).toBe(200);
  expect((await buffer(download)).length).toBe(32 * 1024 * 1024);
  expect(idle.filter(({ destroyed }) => !destroyed).length).toBeLessThan(4);
  for (const socket of idle) socket.destroy();
});
