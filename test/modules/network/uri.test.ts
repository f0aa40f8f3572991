import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import uri from '../../../modules/network/uri.ts';
import { driveModule, type LocalHost } from '../local-host.ts';
import { HOST_TOOLS, hostWithTools } from '../shells.ts';

interface Asked {
  readonly method: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

const asked: Asked[] = [];
let answer: { status: number; body: string | Buffer; type?: string } = { status: 200, body: 'hello' };
const serve = (request: IncomingMessage, response: ServerResponse): void => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    asked.push({ method: request.method, headers: request.headers, body: Buffer.concat(chunks) });
    response.writeHead(answer.status, { 'Content-Type': answer.type ?? 'text/plain' }).end(answer.body);
  });
};
const server = createServer(serve);
let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/there`;
});
afterAll(() => void server.close());

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-uri-'));
  asked.length = 0;
  answer = { status: 200, body: 'hello' };
});
afterEach(() => rmSync(dir, { recursive: true }));

describe.each(HOST_TOOLS)('with the tools of %s', (tools) => {
  const run = async (args: Record<string, unknown>, { check = false, host = hostWithTools(dir, tools) as LocalHost } = {}) => {
    const { changes, result } = await driveModule(uri.run(host, uri.args.parse({ url, ...args })), host, check);
    return { changed: changes.map(({ verb, subject }) => `${verb} ${subject.replace(dir, '')}`), result, host };
  };

  test('the password and the headers are sent, and are on no command line', async () => {
    const { host, result } = await run({ user: 'ann', password: 'geh"eim\\', headers: { 'X-Token': 'abc' } });
    expect(result).toMatchObject({ status: 200, content: 'hello' });
    expect(asked[0]?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from('ann:geh"eim\\').toString('base64')}`,
      'x-token': 'abc',
    });
    expect(JSON.stringify(host.ran)).not.toMatch(/geh|abc/);
  });

  test('a form of several parts has values and files, byte for byte', async () => {
    mkdirSync(join(dir, 'files'));
    writeFileSync(join(dir, 'files/logo.bin'), Buffer.from([0, 255, 13, 10]));
    const body = {
      'a"b': '@/etc/passwd',
      n: 7,
      logo: { filename: 'logo.bin', mime_type: 'image/x' },
      own: { filename: 'x.txt', content: 'hi' },
    };
    await run({ method: 'POST', body, body_format: 'form-multipart' });
    const [type, boundary] = /^multipart\/form-data; boundary=(.+)$/.exec(asked[0]?.headers['content-type'] ?? '') ?? [];
    expect([type !== undefined, asked[0]?.body.toString('latin1').split(`--${boundary}`)]).toEqual([
      true,
      [
        '',
        '\r\nContent-Disposition: form-data; name="a%22b"\r\n\r\n@/etc/passwd\r\n',
        '\r\nContent-Disposition: form-data; name="n"\r\n\r\n7\r\n',
        '\r\nContent-Disposition: form-data; name="logo"; filename="logo.bin"\r\nContent-Type: image/x\r\n\r\n\0\xff\r\n\r\n',
        '\r\nContent-Disposition: form-data; name="own"; filename="x.txt"\r\nContent-Type: application/octet-stream\r\n\r\nhi\r\n',
        '--\r\n',
      ],
    ]);
    expect(uri.args.safeParse({ url, method: 'POST', body: 'text', body_format: 'form-multipart' }).success).toBe(false);
  });

  test('a server that asks for a certificate gets it, with its key', async () => {
    const at = (name: string) => join(dir, name);
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=127.0.0.1'],
        ...['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', at('key'), '-out', at('a:cert')],
      ],
      { stdio: 'ignore' },
    );
    const pair = { cert: readFileSync(at('a:cert')), key: readFileSync(at('key')) };
    const secured = createSecureServer({ ...pair, ca: pair.cert, requestCert: true, rejectUnauthorized: true }, serve);
    await new Promise<void>((resolve) => secured.listen(0, '127.0.0.1', resolve));
    try {
      const args = { url: `https://127.0.0.1:${(secured.address() as AddressInfo).port}/`, ca_path: at('a:cert') };
      await expect(run(args)).rejects.toMatchObject({ code: 'SW6012' });
      expect((await run({ ...args, client_cert: at('a:cert'), client_key: at('key') })).result).toMatchObject({ status: 200 });
    } finally {
      secured.close();
    }
  });

  test('a body is sent as body_format says', async () => {
    await run({ method: 'POST', body: { a: 'x y', list: [1, 2] }, body_format: 'form-urlencoded' });
    await run({ method: 'POST', body: '{"a":1}', body_format: 'json' });
    await run({ method: 'POST', body: { a: 1 }, headers: { 'content-type': 'application/vnd.x+json' } });
    expect(asked.map(({ body, headers }) => [String(body), headers['content-type']])).toEqual([
      ['a=x+y&list=1&list=2', 'application/x-www-form-urlencoded'],
      ['{"a":1}', 'application/json'],
      ['{"a":1}', 'application/vnd.x+json'],
    ]);
  });

  test('src sends a file with any bytes', async () => {
    mkdirSync(join(dir, 'files'));
    const bytes = Buffer.from([0, 10, 34, 92, 255, 10]);
    writeFileSync(join(dir, 'files/blob'), bytes);
    await run({ method: 'PUT', src: 'blob' });
    expect(asked.map(({ method, body }) => [method, body])).toEqual([['PUT', bytes]]);
  });

  test('dest gets the answer of a GET where it is another one, and a check writes nothing', async () => {
    const dest = join(dir, 'page');
    answer = { status: 200, body: Buffer.from([0, 1, 255]) };
    expect((await run({ dest, mode: '0600' }, { check: true })).changed).toEqual(['create /page']);
    expect(existsSync(dest)).toBe(false);
    expect((await run({ dest, mode: '0600' })).changed).toEqual(['create /page']);
    expect(readFileSync(dest)).toEqual(answer.body);
    expect(statSync(dest).mode & 0o777).toBe(0o600);
    expect((await run({ dest })).changed).toEqual([]);
    answer = { status: 200, body: '' };
    const { changed, result } = await run({ dest: `${dir}/` });
    expect([changed, result]).toEqual([['create /there'], { url, status: 200, dest: join(dir, 'there') }]);
    expect(readFileSync(join(dir, 'there'), 'utf8')).toBe('');
  });

  test('dest stays as it is where the status is wrong', async () => {
    writeFileSync(join(dir, 'page'), 'old');
    answer = { status: 500, body: 'broken' };
    await expect(run({ dest: join(dir, 'page') })).rejects.toThrow('answered with status 500');
    await expect(run({ dest: join(dir, 'page'), method: 'POST' })).rejects.toThrow('answered with status 500');
    expect(readFileSync(join(dir, 'page'), 'utf8')).toBe('old');
  });

  test('creates and removes skip the request', async () => {
    writeFileSync(join(dir, 'a'), '');
    await run({ creates: join(dir, 'a') });
    await run({ removes: join(dir, 'b') });
    expect(asked).toEqual([]);
    await run({ creates: join(dir, 'b'), removes: join(dir, 'a') });
    expect(asked).toHaveLength(1);
  });

  test('a socket of the host is asked', async () => {
    const local = createServer(serve);
    await new Promise<void>((resolve) => local.listen(join(dir, 'sock'), resolve));
    const { result } = await run({ url: 'http://app/status', unix_socket: join(dir, 'sock') });
    local.close();
    expect([result.content, asked[0]?.headers.host]).toEqual(['hello', 'app']);
  });

  test('no answer is an error with its reason', async () => {
    await expect(run({ url: 'http://127.0.0.1:1/' })).rejects.toThrow(/127\.0\.0\.1/);
    await expect(run({ url: 'http://127.0.0.1:1/', dest: join(dir, 'x') })).rejects.toThrow(/127\.0\.0\.1/);
  });
});

test.each([
  [{ password: 'x' }, 'takes `password` with `user`'],
  [{ body: 'x', src: 'y', method: 'PUT' }, 'takes `body` or `src`'],
  [{ src: 'y' }, 'takes `src` with a method that sends one, such as PUT'],
])('%j is refused', (args, message) => {
  expect(uri.args.safeParse({ url: 'http://x/', ...args }).error?.issues).toMatchObject([{ message }]);
});
