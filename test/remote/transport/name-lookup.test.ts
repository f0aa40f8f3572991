import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lookupName } from '../../../src/remote/transport/name-lookup.ts';
import { connectTcp } from '../../../src/remote/transport/tcp-socket.ts';

const never = new AbortController().signal;
const path = process.env['PATH'];
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-names-'));
});
afterEach(() => {
  process.env['PATH'] = path;
  rmSync(dir, { recursive: true });
});

/** A name service that does this. */
function useNames(text: string): void {
  writeFileSync(join(dir, 'getent'), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  process.env['PATH'] = `${dir}:${path}`;
}

const ask = (options: object, signal = never): Promise<readonly unknown[]> =>
  new Promise((resolve) => lookupName(signal)('d1', options, (...answer: readonly unknown[]) => resolve(answer)));

test('a name has the addresses that the system knows, each once', async () => {
  useNames('printf "%s STREAM x\\n%s DGRAM\\n" 10.0.0.1 10.0.0.1 fd00::1 fd00::1');
  const all = [
    { address: '10.0.0.1', family: 4 },
    { address: 'fd00::1', family: 6 },
  ];
  expect(await ask({ all: true })).toEqual([null, all]);
  expect(await ask({})).toEqual([null, '10.0.0.1', 4]);
  expect(await ask({ family: 6 })).toEqual([null, 'fd00::1', 6]);
});

test('a name that is not known is an error with the code of one', async () => {
  useNames('exit 2');
  expect(await ask({ all: true })).toEqual([expect.objectContaining({ code: 'ENOTFOUND' }), '']);
});

test('who waits no longer ends the look-up of a name', async () => {
  useNames('exec sleep 600');
  const stop = new AbortController();
  const answer = ask({ all: true }, stop.signal);
  stop.abort();
  expect((await answer)[0]).toBeInstanceOf(Error);
});

test('a name is connected to, also where the system has no program for it', async () => {
  await using server = createServer((socket) => socket.end()).listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  for (const folders of [path, dir]) {
    process.env['PATH'] = folders;
    (await connectTcp({ address: 'localhost', port }, never)).destroy();
  }
});

test('a connection to a name that no name server answers ends with its signal, and leaves no thread at work', async () => {
  useNames('exec sleep 600');
  const stop = new AbortController();
  const connecting = connectTcp({ address: 'd1.example.org', port: 22 }, stop.signal);
  expect(process.getActiveResourcesInfo()).not.toContain('GetAddrInfoReqWrap');
  stop.abort(new Error('late'));
  await expect(connecting).rejects.toThrow('late');
});
