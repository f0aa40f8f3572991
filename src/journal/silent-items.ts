import { dirname, join } from 'node:path';
import { readOptionalText } from '../core/files/read-local-file.ts';
import { writeJsonAtomic } from './atomic-json.ts';

const FILE = 'silent.json';

/** An item of a run that prints nothing. */
export interface SilentItem {
  readonly item: string;
  readonly host: string;
  /** ISO time of its last output. */
  readonly since: string;
}

/** Records which items of a run are silent, beside its journal: a reader need not read all of a long journal. Throws SW50xx. */
export function recordSilentItems(runDir: string, items: readonly SilentItem[]): void {
  writeJsonAtomic(join(runDir, FILE), items);
}

/** The silent items of a run, by the file of its journal. A missing or damaged file counts as none. */
export function readSilentItems(journal: string): readonly SilentItem[] {
  const file = join(dirname(journal), FILE);
  try {
    const items: unknown = JSON.parse(readOptionalText(file) ?? '[]');
    return Array.isArray(items) ? items.filter(isSilentItem) : [];
  } catch {
    return [];
  }
}

function isSilentItem(value: unknown): value is SilentItem {
  const { item, host, since } = (value ?? {}) as { readonly item?: unknown; readonly host?: unknown; readonly since?: unknown };
  return [item, host, since].every((text) => typeof text === 'string');
}
