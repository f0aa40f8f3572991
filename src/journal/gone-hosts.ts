import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SwarmError } from '../core/error/swarm-error.ts';
import type { Gone } from '../core/inventory/gone.ts';
import { writeJsonAtomic } from './atomic-json.ts';

const LOCK_WAIT_MS = 10_000;

/** The file in the state folder of a project that has the hosts that are gone. A run that goes on watches it. */
export const goneHostsFile = (stateDir: string): string => join(stateDir, 'gone.json');

/** The hosts that are gone. Throws SW5002 for a damaged file: without it a host could be waited for, or get work, against what was said. */
export function readGoneHosts(stateDir: string): ReadonlyMap<string, Gone> {
  const file = goneHostsFile(stateDir);
  if (!existsSync(file)) return new Map();
  try {
    const stored: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (isStored(stored)) return new Map(Object.entries(stored));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new SwarmError('SW5002', `${file} is damaged`, {
    hint: 'Remove the file, and say again which hosts are gone: swarm hosts gone NAME',
  });
}

/** Records that a host is gone, or with undefined that it is back. Throws SW3003 where another process keeps the lock, and SW50xx. */
export async function recordGoneHost(stateDir: string, name: string, gone: Gone | undefined): Promise<void> {
  const { acquireFileLock } = await import('../core/file-lock.ts'); // most commands only read
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  await using lock = await acquireFileLock(`${goneHostsFile(stateDir)}.lock`, LOCK_WAIT_MS);
  if (lock === undefined) throw new SwarmError('SW3003', `another process keeps ${goneHostsFile(stateDir)} locked`);
  const hosts = new Map(readGoneHosts(stateDir));
  if (gone === undefined) hosts.delete(name);
  else hosts.set(name, gone);
  writeJsonAtomic(goneHostsFile(stateDir), Object.fromEntries(hosts));
}

const isStored = (value: unknown): value is Readonly<Record<string, Gone>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isGone);

function isGone(value: unknown): value is Gone {
  if (typeof value !== 'object' || value === null) return false;
  const { since, reason } = value as { readonly since?: unknown; readonly reason?: unknown };
  return typeof since === 'string' && (reason === undefined || typeof reason === 'string');
}
