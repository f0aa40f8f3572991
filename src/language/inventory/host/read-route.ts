import { SwarmError } from '../../../core/error/swarm-error.ts';
import type { HostName } from '../../../core/inventory/host-name.ts';
import type { Route } from '../../../core/inventory/route.ts';
import type { Span } from '../../../core/span.ts';
import { valueAtPath } from '../../schema/value-at-path.ts';
import type { KeyPath, SourceDocument } from '../../yaml/source-document.ts';
import type { InventoryContext } from '../inventory-context.ts';
import type { HostEntry } from '../inventory-schema.ts';
import { parseAddress } from './address.ts';

type RouteEntry = NonNullable<HostEntry['routes']>[number];

/** One route of a host; empty where it is wrong, with a problem for it. */
export function readRoute(
  { problems }: InventoryContext,
  entry: RouteEntry,
  source: SourceDocument,
  path: KeyPath,
  port: number | undefined,
): readonly Route[] {
  const kinds = (Object.keys(entry) as (keyof RouteEntry)[]).filter((kind) => entry[kind] !== undefined);
  const [kind, extra] = kinds;
  const wrongKey = Object.keys(valueAtPath(source.value, path) ?? {})[0];
  if (kind === undefined && wrongKey !== undefined) return []; // already reported
  if (kind === undefined || extra !== undefined) {
    const hint = 'Write one of: { local: A }, { tailscale: A }, { jump: { via: HOST, address: A } }, { command: [PROGRAM, ...] }';
    const at = extra === undefined ? source.valueSpan(path) : source.keySpan([...path, extra]);
    problems.push(new SwarmError('SW1306', 'a route must have exactly one kind', { at, hint }));
    return [];
  }
  if (entry.command !== undefined) return [{ kind: 'command', argv: entry.command as [string, ...string[]] }];
  const addressPath = kind === 'jump' ? [...path, kind, 'address'] : [...path, kind];
  const addressText = entry.jump?.address ?? entry.local ?? entry.tailscale ?? '';
  const parsed = parseAddress(typeof addressText === 'number' ? sliceSpan(source.valueSpan(addressPath)) : addressText);
  if (typeof parsed === 'string') {
    problems.push(
      new SwarmError('SW1303', parsed, {
        at: source.valueSpan(addressPath),
        hint: 'Write ADDRESS, ADDRESS:PORT, or "[v6]:PORT" in quotes.',
      }),
    );
    return [];
  }
  const written = parsed.port ?? port;
  const endpoint = { address: parsed.address, ...(written === undefined ? { port: 22, assumedPort: true as const } : { port: written }) };
  if (kind === 'jump') return [{ kind, via: (entry.jump?.via ?? '') as HostName, ...endpoint }];
  return kind === 'local' || kind === 'tailscale' ? [{ kind, ...endpoint }] : [];
}

/** `100.64` as it was written, not as the number it is. */
const sliceSpan = ({ text, column, length }: Span): string => text.slice(column - 1, column - 1 + length);
