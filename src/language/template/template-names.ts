import { closestName } from '../../core/closest-name.ts';
import type { Json, Vars } from '../../core/json-value.ts';
import { describeType } from '../describe-type.ts';
import { findBrokenName } from '../expression/broken-names.ts';
import { describeMissingKey } from '../expression/lazy-mapping.ts';
import { isUnknownName, unknownValueError } from '../expression/unknown-values.ts';
import { MissingValueError, type TemplateFault, TemplateValueError } from './template-error.ts';
import type { TemplatePart, VariableReference } from './template-node.ts';

/** What `{{ x }}` means at one place: the item of the innermost each or with, and the frames around it. */
export interface TemplateFrame {
  readonly context: Json | Vars;
  readonly params: Readonly<Record<string, Json>>;
  readonly data: Readonly<Record<string, Json>>;
  readonly outer?: TemplateFrame;
  readonly root: Vars;
  /** The template file, and before it those that include it. Empty for a text of a playbook. */
  readonly files: readonly string[];
  /** The parts of the file, by name. */
  readonly parts: ReadonlyMap<string, TemplatePart>;
  /** How many includes this place is in. */
  readonly depth: number;
  /** How many includes the whole template may still have. */
  readonly budget: { left: number };
}

/** A template whose includes put in more than this many texts is one that grows with each level. */
const MAX_INCLUDES = 100_000;

/** The outermost frame. */
export const createRootFrame = (scope: Vars, file?: string): TemplateFrame => ({
  context: scope,
  params: {},
  data: {},
  root: scope,
  files: file === undefined ? [] : [file],
  parts: new Map(),
  depth: 0,
  budget: { left: MAX_INCLUDES },
});

/** The value of a name. Throws TemplateValueError where it is not there, and in a dry run that it is unknown where that is the cause. */
export function resolveReference(reference: VariableReference, frame: TemplateFrame): Json {
  try {
    return findReference(reference, frame);
  } catch (thrown) {
    const name = reference.parts[reference.data ? 1 : 0];
    if (!(thrown instanceof TemplateValueError) || name === undefined) throw thrown;
    if (isUnknownName(frame.root, name)) throw unknownValueError(name);
    const broken = findBrokenName(frame.root, name);
    throw broken === undefined ? thrown : new MissingValueError({ ...broken, start: reference.start, end: reference.end });
  }
}

function findReference(reference: VariableReference, frame: TemplateFrame): Json {
  let target: TemplateFrame | undefined = frame;
  for (let n = 0; n < reference.levelsUp; n++) target = target?.outer;
  const [first, ...rest] = reference.parts;
  if (target === undefined)
    throw new MissingValueError({ message: '`../` leaves the outermost block', start: reference.start, end: reference.end });
  if (reference.data && first === 'root') return followPath(reference, target.root as Json, rest, []);
  if (reference.data) return followPath(reference, target.data, reference.parts, []);
  if (first !== undefined && !reference.fromThis && reference.levelsUp === 0 && Object.hasOwn(target.params, first))
    return followPath(reference, target.params, reference.parts, []);
  const outer = target.outer !== undefined && first !== undefined && Object.hasOwn(target.root, first) ? first : undefined;
  return followPath(reference, target.context as Json, reference.parts, [], outer);
}

/** Reads own keys only. Each key must exist. */
function followPath(
  reference: VariableReference,
  start: Json,
  parts: readonly string[],
  pathBefore: readonly string[],
  outer?: string,
): Json {
  let value = start;
  const walked = [...pathBefore];
  for (const part of parts) {
    const own = typeof value === 'object' && value !== null && Object.hasOwn(value, part);
    if (!own) throw new MissingValueError(describeMissing(reference, value, part, walked, outer));
    value = (value as { readonly [key: string]: Json })[part] ?? null;
    walked.push(part);
  }
  return value;
}

function describeMissing(
  reference: VariableReference,
  value: Json,
  part: string,
  walked: readonly string[],
  outer: string | undefined,
): TemplateFault {
  const { start, end } = reference;
  if (walked.length === 0) {
    const known = typeof value === 'object' && value !== null ? Object.keys(value) : [];
    const near = closestName(part, known);
    const inEach = outer === part ? `Inside {{#each}} and {{#with}} a name is a key of the item. Write: {{ @root.${part} }}` : undefined;
    return {
      message: `\`${reference.data ? '@' : ''}${part}\` is not defined`,
      hint: inEach ?? (near === undefined ? undefined : `Did you mean \`${near}\`?`),
      start,
      end,
    };
  }
  const name = walked.join('.');
  const described = describeMissingKey(value, part);
  if (described !== undefined) return { ...described, start, end };
  if (typeof value !== 'object' || value === null)
    return { message: `\`${name}\` is ${describeType(value)} and has no field \`${part}\``, start, end };
  const near = closestName(part, Object.keys(value));
  const fields = Object.keys(value).slice(0, 12).join(', ');
  const hint =
    near === undefined
      ? fields === ''
        ? undefined
        : `Use one of its fields: ${fields}. Where it may be missing, write: {{ default ${name}.${part} "" }}, inside a block (default ${name}.${part} "")`
      : `Did you mean \`${near}\`?`;
  return { message: `\`${name}\` has no field \`${part}\``, hint, start, end };
}
