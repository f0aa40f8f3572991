import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type Client, type ClientChannel, type ConnectConfig } from 'ssh2';
import type { Drone } from '../../src/lab/drone.ts';
import { type Lab, type LabOptions, startLab } from '../../src/lab/lab.ts';

/** A lab in a folder of its own that goes with it. */
export async function startTestLab(options: LabOptions): Promise<Lab> {
  const dir = mkdtempSync(join(tmpdir(), 'lab-'));
  const lab = await startLab(dir, options);
  return {
    ...lab,
    [Symbol.asyncDispose]: async () => {
      await lab[Symbol.asyncDispose]();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** The plain ssh2 client, logged in with the lab's key; the host key is compared. */
export async function login(lab: Lab, drone: Drone, more: Partial<ConnectConfig> = {}): Promise<Client & AsyncDisposable> {
  const { readFileSync } = await import('node:fs');
  const client = new ssh2.Client();
  client.setNoDelay(true);
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve).on('error', reject);
    client.connect({
      host: '127.0.0.1',
      port: drone.port,
      username: 'root',
      privateKey: readFileSync(lab.clientKey.path),
      hostVerifier: (key: Buffer) => key.toString('base64') === drone.hostKey.blob,
      ...more,
    });
  });
  const end = (): Promise<void> =>
    new Promise((resolve) => {
      client.once('close', () => resolve());
      client.end();
    });
  return Object.assign(client, { [Symbol.asyncDispose]: end });
}

export function open(client: Client, command: string): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => (error === undefined ? resolve(channel) : reject(error)));
  });
}

export interface ExecResult {
  readonly code: number | null;
  readonly signal: string | undefined;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** Runs a command to its end, with this on its standard input. */
export async function exec(client: Client, command: string, stdin: string | Buffer = ''): Promise<ExecResult> {
  const channel = await open(client, command);
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  let exit: readonly [number | null, string | undefined] = [null, undefined];
  channel.on('data', (chunk: Buffer) => out.push(chunk));
  channel.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  channel.on('exit', (code: number | null, signal?: string) => {
    exit = [code, signal];
  });
  channel.end(stdin);
  await new Promise((resolve) => channel.once('close', resolve));
  return { code: exit[0], signal: exit[1], stdout: Buffer.concat(out), stderr: Buffer.concat(err) };
}
