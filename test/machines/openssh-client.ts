import { execFile } from 'node:child_process';
import type { Sshd } from './sshd.ts';

export interface ProgramResult {
  /** -1: ended by the time limit. */
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** What the plain OpenSSH client says, with no configuration but `options`; any host key is taken unless they tell otherwise. */
export function runSsh(host: Sshd, port: number, command: string, options: readonly string[] = []): Promise<ProgramResult> {
  const defaultOptions = [
    '-o',
    'BatchMode=yes',
    '-o',
    'StrictHostKeyChecking=no',
    '-o',
    'UserKnownHostsFile=/dev/null',
    '-o',
    'LogLevel=ERROR',
  ];
  const login = ['-i', host.clientKey, '-o', 'IdentitiesOnly=yes', '-p', String(port), `${host.user}@127.0.0.1`];
  return new Promise((resolve) => {
    execFile('ssh', ['-F', 'none', ...options, ...defaultOptions, ...login, command], { timeout: 10_000 }, (error, out, err) => {
      resolve({ exit: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, out, err });
    });
  });
}
