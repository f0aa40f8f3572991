import { SwarmError } from '../core/error/swarm-error.ts';
import type { Json } from '../core/json-value.ts';
import { parseForeignJson } from '../core/output/foreign-json.ts';

/** How much of an answer a person reads. */
const SHOWN = 300;

/** The value of the JSON that a program of the host printed. Throws SW6012 that names the program where it is none, or nests too deep. */
export function parseHostJson(text: string, program: string, subject: string): Json {
  try {
    return parseForeignJson(text);
  } catch (error) {
    throw new SwarmError(
      'SW6012',
      `${subject}: what ${program} prints is not JSON that can be read: ${(error as Error).message.split('\n')[0]}`,
      {
        detail: text.slice(0, SHOWN),
        hint: `Run on the host: ${program}`,
      },
    );
  }
}
