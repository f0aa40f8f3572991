import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunEventData } from '../../../src/core/event.ts';
import type { Host } from '../../../src/core/inventory/host.ts';
import type { Project } from '../../../src/fleet/project/project.ts';
import { openJournal } from '../../../src/journal/journal.ts';
import { makeInventory } from '../inventory-hosts.ts';

/** A process id that no process has. */
export const GONE = 2 ** 22 + 1;

/** A project without files, gone when the test is over. */
export function temporaryProject(...hosts: readonly Host[]): Project & Disposable {
  const dir = mkdtempSync(join(tmpdir(), 'swarm-runs-'));
  return {
    dir,
    inventory: makeInventory(...hosts),
    pinsFile: join(dir, 'known_hosts'),
    runsDir: join(dir, 'runs'),
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** Writes the journal of a run. */
export async function writeRun({ runsDir }: Project, run: string, ...facts: readonly RunEventData[]): Promise<void> {
  await using journal = await openJournal(runsDir, run);
  for (const fact of facts) journal.emit(fact);
}
