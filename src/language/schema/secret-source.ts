import type { Json } from '../../core/host.ts';

/** Where the value of a secret comes from: never the file or the command line that names it. */
export interface SecretSource {
  readonly kind: 'env' | 'file' | 'cmd';
  readonly of: string;
}

const FROM = /^(env|file|cmd):(.+)$/s;

/** `env:NAME`, `file:PATH` or `cmd:COMMAND` taken apart; undefined for anything else. */
export function secretSource(text: string): SecretSource | undefined {
  const [, kind, of] = FROM.exec(text) ?? [];
  if (kind === 'env' && !/^[A-Za-z_]\w*$/.test(of ?? '')) return undefined;
  return kind === undefined || of === undefined ? undefined : { kind: kind as SecretSource['kind'], of };
}

/** A variable that is written `{ secret: { from: env:NAME } }`: what `from` says. */
export function secretFrom(value: Json): string | undefined {
  const inner = isMap(value) && Object.keys(value).length === 1 ? value['secret'] : undefined;
  const from = inner !== undefined && isMap(inner) && Object.keys(inner).length === 1 ? inner['from'] : undefined;
  return typeof from === 'string' ? from : undefined;
}

/** Is it meant to be a secret, and not written as one? */
export const isBadSecret = (value: Json): boolean =>
  isMap(value) && 'secret' in value && isMap(value['secret'] ?? null) && secretSource(secretFrom(value) ?? '') === undefined;

const isMap = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
