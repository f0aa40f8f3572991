import { isMapping, type Json } from '../../core/json-value.ts';

/** Where the value of a secret comes from: never the file or the command line that names it. */
export interface SecretSource {
  readonly kind: 'env' | 'file' | 'cmd';
  readonly location: string;
}

const SOURCE_PATTERN = /^(env|file|cmd):(.+)$/s;

/** `env:NAME`, `file:PATH` or `cmd:COMMAND` in its two parts; undefined for any other text. */
export function parseSecretSource(text: string): SecretSource | undefined {
  const [, kind, location] = SOURCE_PATTERN.exec(text) ?? [];
  if (kind === 'env' && !/^[A-Za-z_]\w*$/.test(location ?? '')) return undefined;
  return kind === undefined || location === undefined ? undefined : { kind: kind as SecretSource['kind'], location };
}

/** A variable that is written `{ secret: { from: env:NAME } }`: what `from` says. */
export function findSecretSource(value: Json): string | undefined {
  const inner = isMapping(value) && Object.keys(value).length === 1 ? value['secret'] : undefined;
  const sourceText = inner !== undefined && isMapping(inner) && Object.keys(inner).length === 1 ? inner['from'] : undefined;
  return typeof sourceText === 'string' ? sourceText : undefined;
}

/** True for a value that is meant as a secret and has a wrong form. */
export const isMalformedSecret = (value: Json): boolean =>
  isMapping(value) &&
  'secret' in value &&
  isMapping(value['secret'] ?? null) &&
  parseSecretSource(findSecretSource(value) ?? '') === undefined;
