import { join } from 'node:path';
import type { Gone } from '../core/inventory/gone.ts';
import { isMapping } from '../core/json-value.ts';
import { type KeptJson, readKeptJson, updateKeptJson } from './kept-json.ts';

/** The file in the state folder of a project that has the hosts that are gone. A run that goes on watches it. */
export const goneHostsFile = (stateDir: string): string => join(stateDir, 'gone.json');

type Stored = Readonly<Record<string, Gone>>;

const goneHosts = (stateDir: string): KeptJson<Stored> => ({
  file: goneHostsFile(stateDir),
  empty: {},
  parse: (value) => (isStored(value) ? value : undefined),
  hint: 'Remove the file, and say again which hosts are gone: swarm hosts gone NAME',
});

/** The hosts that are gone. Throws SW5002 for a damaged file: without it a host could be waited for, or get work, against what was said. */
export const readGoneHosts = (stateDir: string): ReadonlyMap<string, Gone> => new Map(Object.entries(readKeptJson(goneHosts(stateDir))));

/** Records that a host is gone, or with undefined that it is back. Throws SW5020 where another process changes the file, and SW50xx. */
export async function recordGoneHost(stateDir: string, name: string, gone: Gone | undefined): Promise<void> {
  await updateKeptJson(goneHosts(stateDir), (stored) => {
    const { [name]: _, ...others } = stored;
    return gone === undefined ? others : { ...others, [name]: gone };
  });
}

const isStored = (value: unknown): value is Stored => isMapping(value) && Object.values(value).every(isGone);

function isGone(value: unknown): value is Gone {
  if (typeof value !== 'object' || value === null) return false;
  const { since, reason } = value as { readonly since?: unknown; readonly reason?: unknown };
  return typeof since === 'string' && (reason === undefined || typeof reason === 'string');
}
