import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { HostName } from '../../core/inventory/host-name.ts';
import type { Vars } from '../../core/json-value.ts';
import { readJsonFile, writeJsonAtomic } from '../atomic-json.ts';

/** How long facts are taken for true. */
const MAX_AGE_MS = 60 * 60 * 1000;

/** What is kept of one host: the boot that it proved, when it was asked, and what it answered. */
interface KeptFacts {
  readonly boot: string;
  readonly at: number;
  readonly facts: Vars;
}

/** The facts that hosts were asked for, in the state folder of a project: of the same boot, and at most an hour old. */
export function openFactCache(
  dir: string,
  flush: boolean,
  now: () => number = Date.now,
): {
  get(host: HostName, boot: string): Vars | undefined;
  set(host: HostName, boot: string, facts: Vars): void;
  forget(host: HostName): void;
} {
  const folder = join(dir, 'cache', 'facts');
  if (flush) rmSync(folder, { recursive: true, force: true });
  const fileOf = (host: HostName): string => join(folder, `${host}.json`);
  return {
    get(host, boot) {
      const kept = readJsonFile(fileOf(host), (value) => (isKeptFacts(value) ? value : undefined));
      const age = now() - (kept?.at ?? 0);
      return kept?.boot === boot && age >= 0 && age <= MAX_AGE_MS ? kept.facts : undefined;
    },
    forget(host) {
      try {
        rmSync(fileOf(host), { force: true });
      } catch {
        // see `set`
      }
    },
    set(host, boot, facts) {
      try {
        writeJsonAtomic(fileOf(host), { boot, at: now(), facts } satisfies KeptFacts);
      } catch {
        // a project that may not be written to works too: its hosts are asked each time
      }
    },
  };
}

function isKeptFacts(value: unknown): value is KeptFacts {
  if (typeof value !== 'object' || value === null) return false;
  const { boot, at, facts } = value as Readonly<Record<string, unknown>>;
  return typeof boot === 'string' && typeof at === 'number' && typeof facts === 'object' && facts !== null && !Array.isArray(facts);
}
