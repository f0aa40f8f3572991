import { SwarmError } from '../core/error.ts';
import type { Carrier } from './carrier.ts';

export async function processCarrier(_argv: readonly [string, ...string[]] | undefined): Promise<Carrier> {
  throw new SwarmError('SW2001', 'not yet', {});
}
