import { z } from 'zod';
import type { AnyModule } from '../../core/module.ts';

/** What a task registers: the fields that its module describes, or `open` where any field may be there. */
export type ResultShape = z.ZodType | 'open';

/** The fields that swarm adds to the result of every task. */
const COMMON_FIELDS = {
  changed: z.boolean(),
  failed: z.boolean(),
  skipped: z.boolean(),
  msg: z.any(),
  error: z.strictObject({ code: z.string(), message: z.string() }),
};

/** The fields of some results: of a host that did not answer, and of a task that repeats. */
const RARE_FIELDS = { unreachable: z.boolean(), attempts: z.int() };

/** By module, the shapes that were made of it, by loop variable: hundreds of tasks use one module. */
const made = new WeakMap<AnyModule, Map<string | undefined, ResultShape>>();

/** The shape of what a task registers. A loop registers a list of results; each has the loop variable too. */
export function resultShape(module: AnyModule | undefined, loopVar: string | undefined): ResultShape {
  if (module?.returns === undefined) return 'open';
  const shapes = made.get(module) ?? new Map<string | undefined, ResultShape>();
  made.set(module, shapes);
  const shape = shapes.get(loopVar) ?? makeResultShape(module.returns, loopVar);
  shapes.set(loopVar, shape);
  return shape;
}

function makeResultShape(returns: z.ZodType, loopVar: string | undefined): ResultShape {
  const variants = listObjects(returns);
  if (variants.length === 0) return 'open';
  const own = loopVar === undefined ? {} : { [loopVar]: z.any() };
  const result = z.union(variants.map((shape) => z.strictObject({ ...COMMON_FIELDS, ...shape, ...own, ...RARE_FIELDS })));
  return loopVar === undefined ? result : z.strictObject({ ...COMMON_FIELDS, results: z.array(result) });
}

/** A field that none of the shapes has. */
export interface UnknownField {
  /** The value that lacks it: `result.stat`. */
  readonly of: string;
  readonly field: string;
  readonly known: readonly string[];
}

/** The first of the fields behind a name that no shape has; undefined where each is there, or where any may be. */
export function findUnknownField(name: string, fields: readonly string[], shapes: readonly ResultShape[]): UnknownField | undefined {
  let types = shapes;
  for (const [depth, field] of fields.entries()) {
    const objects: Fields[] = [];
    for (const type of types) {
      const found = type === 'open' ? [] : /^\d+$/.test(field) ? listElements(type, field) : listObjects(type);
      if (found.length === 0) return undefined;
      objects.push(...found);
    }
    const known = [...new Set(objects.flatMap((each) => Object.keys(each)))];
    if (!known.includes(field)) return { of: [name, ...fields.slice(0, depth)].join('.'), field, known };
    types = objects.flatMap((each) => each[field] ?? []);
  }
  return undefined;
}

type Fields = Readonly<Record<string, z.ZodType>>;

/** The parts of a zod definition that are read. */
interface Definition {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly out?: z.ZodType;
  readonly element?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly shape?: Fields;
  readonly catchall?: z.ZodType;
}

const definitionOf = (type: z.ZodType): Definition => type.def as unknown as Definition;

/** The strict objects that a value can be, as their fields. Empty where it can be anything else that has fields. */
function listObjects(type: z.ZodType): readonly Fields[] {
  const { type: kind, innerType, out, options, shape, catchall } = definitionOf(type);
  if (kind === 'undefined' || kind === 'null' || kind === 'void') return [{}];
  if (kind === 'object') return catchall !== undefined && definitionOf(catchall).type === 'never' ? [shape ?? {}] : [];
  const inner = kind === 'pipe' ? out : innerType;
  if (inner !== undefined && kind !== 'promise') return listObjects(inner);
  const variants = (options ?? []).map(listObjects);
  return variants.every((each) => each.length > 0) ? variants.flat() : [];
}

/** The element of a list, as the only field of an object. */
function listElements(type: z.ZodType, index: string): readonly Fields[] {
  const { type: kind, innerType, element } = definitionOf(type);
  if (kind === 'array' && element !== undefined) return [{ [index]: element }];
  return innerType === undefined ? [] : listElements(innerType, index);
}
