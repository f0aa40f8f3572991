import type { z } from 'zod';
import type { KeyPath } from '../yaml/source-document.ts';

// The only file that reads the definitions inside zod's schemas.

/** The keys that a schema knows at a path inside it. */
export function listKeysAt(schema: z.core.$ZodType, path: KeyPath): readonly string[] {
  const { def } = schema._zod as { readonly def: SchemaDefinition };
  if (def.type === 'lazy' && def.getter) return listKeysAt(def.getter(), path);
  const inner = def.innerType ?? def.in;
  if (inner) return listKeysAt(inner, path);
  if (def.options) return [...new Set(def.options.flatMap((each) => listKeysAt(each, path)))];
  const [key, ...rest] = path;
  if (key === undefined) return def.shape ? Object.keys(def.shape) : [];
  const next = def.shape?.[String(key)] ?? def.element ?? def.valueType ?? def.catchall;
  return next ? listKeysAt(next, rest) : [];
}

/** The fields of the definitions that swarm reads. Each type of schema has some of them. */
interface SchemaDefinition {
  readonly type: string;
  readonly getter?: () => z.core.$ZodType;
  readonly innerType?: z.core.$ZodType;
  readonly in?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly catchall?: z.core.$ZodType;
}
