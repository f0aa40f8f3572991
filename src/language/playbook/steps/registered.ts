import type { PlaybookReader } from '../reader/playbook-reader.ts';
import type { ResultShape } from '../result-fields.ts';

/** A name that is known from here on in every play. */
export function addRegistered({ registered }: PlaybookReader, name: string, shape: ResultShape = 'open'): void {
  registered.set(name, [...(registered.get(name) ?? []), shape]);
}
