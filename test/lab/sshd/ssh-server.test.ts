import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lab } from '../../../src/lab/lab.ts';
import { exec, login, open, startTestLab } from '../fixture.ts';

const MB = 1024 * 1024;
const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

let lab: Lab;
const first = () => lab.drones[0] as Lab['drones'][number];
beforeAll(async () => {
  lab = await startTestLab({ drones: 2 });
});
afterAll(async () => lab[Symbol.asyncDispose]());

describe('logging in', () => {
  test('each drone has an ed25519 host key of its own and the client key is for its owner only', () => {
    expect(lab.drones.map((drone) => drone.hostKey.type)).toEqual(['ssh-ed25519', 'ssh-ed25519']);
    expect(new Set(lab.drones.map((drone) => drone.hostKey.blob)).size).toBe(2);
    expect(statSync(lab.clientKey.path).mode & 0o777).toBe(0o600);
  });

  test('a key that is not authorized is refused, and so is a password', async () => {
    const other = ssh2.utils.generateKeyPairSync('ed25519').private;
    await expect(login(lab, first(), { privateKey: other })).rejects.toThrow(/authentication methods failed/);
    await expect(login(lab, first(), { privateKey: undefined, password: 'x' } as never)).rejects.toThrow(/authentication/);
  });
});

describe('a command', () => {
  test('runs in the home of the drone with the stand-ins first on PATH, and gives both streams and its exit status', async () => {
    await using client = await login(lab, first());
    const ended = await exec(client, 'pwd; echo "$HOME"; echo "$PATH" | cut -d: -f1; echo oops >&2; exit 7');
    const { dir } = first();
    expect(ended.stdout.toString()).toBe(`${dir}/home\n${dir}/home\n${dir}/bin\n`);
    expect(ended.stderr.toString()).toBe('oops\n');
    expect(ended.code).toBe(7);
  });

  test('that is killed tells the signal', async () => {
    await using client = await login(lab, first());
    expect(await exec(client, 'kill -TERM $$')).toMatchObject({ code: null, signal: 'SIGTERM' });
  });

  test('gets signals of the client', async () => {
    await using client = await login(lab, first());
    const channel = await open(client, 'echo ready; exec sleep 60');
    await once(channel, 'data');
    channel.signal('INT');
    const [code, signal] = await once(channel, 'exit');
    expect([code, signal]).toEqual([null, 'SIGINT']);
  });

  test('sees the end of its standard input, and ends without reading it', async () => {
    await using client = await login(lab, first());
    expect((await exec(client, 'wc -c', 'x'.repeat(100_000))).stdout.toString().trim()).toBe('100000');
    expect((await exec(client, 'exit 3', randomBytes(3 * MB))).code).toBe(3);
  });

  test('moves 50 MB each way, byte by byte the same', async () => {
    await using client = await login(lab, first());
    const bytes = randomBytes(50 * MB);
    const { stdout } = await exec(client, 'cat', bytes);
    expect(sha(stdout)).toBe(sha(bytes));
  });

  test('that floods stdout and stderr together loses and repeats nothing', async () => {
    await using client = await login(lab, first());
    const flood = 'seq 1 700000 & seq 1 700000 >&2; wait';
    const { stdout, stderr } = await exec(client, flood);
    const wanted = sha(Buffer.from(Array.from({ length: 700_000 }, (_, n) => `${n + 1}\n`).join('')));
    expect([sha(stdout), sha(stderr)]).toEqual([wanted, wanted]);
  });

  test('waits for a reader: a client that does not read holds it back', async () => {
    await using client = await login(lab, first());
    const marker = join(first().dir, 'tmp/passed');
    const channel = await open(client, `head -c ${30 * MB} /dev/zero; touch ${marker}`); // not read: the window fills
    expect((await exec(client, 'echo other')).stdout.toString()).toBe('other\n'); // others are not held back
    expect(existsSync(marker)).toBe(false);
    channel.resume();
    await once(channel, 'close');
    expect(existsSync(marker)).toBe(true);
  });

  test('has 19 neighbours on the same connection', async () => {
    await using client = await login(lab, first());
    const all = await Promise.all(Array.from({ length: 20 }, (_, n) => exec(client, `cat; exit ${n}`, `${n}`)));
    expect(all.map((each) => [each.code, each.stdout.toString()])).toEqual(all.map((_, n) => [n, `${n}`]));
  });

  test('is a shell when none is named', async () => {
    await using client = await login(lab, first());
    const channel = await new Promise<ssh2.ClientChannel>((resolve, reject) =>
      client.shell(false, (error, made) => (error === undefined ? resolve(made) : reject(error))),
    );
    let out = '';
    channel.on('data', (chunk: Buffer) => {
      out += chunk;
    });
    channel.end('echo one\necho two\nexit 5\n');
    const [code] = await once(channel, 'close');
    expect([out, code]).toEqual(['one\ntwo\n', 5]);
  });
});

describe('a lost connection', () => {
  test('a quiet detached command outlives it, and the drone welcomes the next one', async () => {
    const client = await login(lab, first());
    client.on('error', () => {});
    const channel = await open(
      client,
      'mkfifo $HOME/fifo; setsid sh -c "read line < $HOME/fifo; echo late > $HOME/late" </dev/null >/dev/null 2>&1 & echo started; cat',
    );
    await once(channel, 'data');
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
    first().cut();
    await closed;
    await using again = await login(lab, first());
    await exec(again, 'echo go > $HOME/fifo; until [ -s $HOME/late ]; do :; done');
    expect(readFileSync(join(first().dir, 'home/late'), 'utf8')).toBe('late\n');
  });

  test('is noticed by a client that sends keepalives, and the drone answers them', async () => {
    await using client = await login(lab, first(), { keepaliveInterval: 50, keepaliveCountMax: 15 });
    expect((await exec(client, 'sleep 1; echo alive')).stdout.toString()).toBe('alive\n');
  });
});

describe('faults', () => {
  test('flip changes one bit of the next output that holds the marker, truncate ends it early', async () => {
    await using client = await login(lab, first());
    const text = `head ${'x'.repeat(100)}MARK${'y'.repeat(2000)}`;
    first().faults.flip('MARK', 10);
    const flipped = (await exec(client, 'cat', text)).stdout;
    const differing = [...flipped].flatMap((byte, at) => (byte === text.charCodeAt(at) ? [] : [at]));
    expect([flipped.length, differing]).toEqual([text.length, [text.indexOf('MARK') + 14]]);
    first().faults.truncate('MARK', 10);
    const short = await exec(client, 'cat', text);
    expect([short.stdout.toString(), short.code]).toEqual([text.slice(0, text.indexOf('MARK') + 14), 0]);
    expect((await exec(client, 'cat', text)).stdout.toString()).toBe(text);
  });

  test('delay holds every byte back, and order is kept', async () => {
    await using client = await login(lab, first());
    first().faults.delayMs = 40;
    const start = performance.now();
    expect((await exec(client, 'cat', 'a\nb\n')).stdout.toString()).toBe('a\nb\n');
    first().faults.delayMs = 0;
    expect(performance.now() - start).toBeGreaterThan(75);
  });

  test('down kills what runs, detached too, and closes the port; up is the same machine again', async () => {
    const drone = lab.drones[1] as Lab['drones'][number];
    const client = await login(lab, drone);
    client.on('error', () => {});
    await exec(client, 'setsid sleep 600 </dev/null >/dev/null 2>&1 &');
    await expect.poll(() => drone.processes().length).toBe(1);
    await drone.down();
    expect(drone.processes()).toEqual([]);
    const [error] = await once(connect(drone.port, '127.0.0.1'), 'error');
    expect(error.code).toBe('ECONNREFUSED');
    await drone.up();
    await using again = await login(lab, drone);
    expect((await exec(again, 'echo back')).stdout.toString()).toBe('back\n');
  });
});

test('a lab that is disposed of leaves no process and no open port', async () => {
  const gone = await startTestLab({ drones: 2 });
  for (const drone of gone.drones) {
    const client = await login(gone, drone);
    client.on('error', () => {});
    await exec(client, 'for n in 1 2 3; do setsid sh -c "sleep 600; sleep 600" </dev/null >/dev/null 2>&1 & done');
    await open(client, 'sleep 600');
    await expect.poll(() => drone.processes().length).toBeGreaterThan(3);
  }
  await gone[Symbol.asyncDispose]();
  for (const drone of gone.drones) {
    expect(drone.processes()).toEqual([]);
    const [error] = await once(connect(drone.port, '127.0.0.1'), 'error');
    expect(error.code).toBe('ECONNREFUSED');
  }
});
