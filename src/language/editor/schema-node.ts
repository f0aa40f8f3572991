import type { Json } from '../../core/json-value.ts';

/** A part of a JSON Schema, as far as it is changed. */
export interface SchemaNode {
  title?: string;
  type?: string | readonly string[];
  pattern?: string;
  /** What the server of editors prints where the pattern does not match. */
  patternErrorMessage?: string;
  description?: string;
  examples?: readonly Json[];
  enum?: readonly Json[];
  properties?: Record<string, SchemaNode>;
  additionalProperties?: SchemaNode | boolean;
  items?: SchemaNode;
  patternProperties?: Record<string, object>;
  required?: readonly string[];
  anyOf?: SchemaNode[];
}

const YES_NO = '^(?:[Yy]es|YES|[Nn]o|NO|[Oo]n|ON|[Oo]ff|OFF)$';

/** Lets an editor accept what the reader accepts beside the form that it completes: `yes` for true, and `ansible.builtin.copy` for `copy`. */
export function acceptOtherSpellings(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  const part = node as SchemaNode;
  if (part.type === 'boolean')
    Object.assign(part, { type: ['boolean', 'string'], pattern: YES_NO, patternErrorMessage: 'takes true or false' });
  if (isStep(part)) part.patternProperties = { '^ansible\\.(?:builtin|legacy)\\.': {} };
  for (const [name, each] of Object.entries(node)) if (name !== 'examples' && name !== 'default') acceptOtherSpellings(each);
}

/** True for what takes a module beside its keywords. */
export const isStep = ({ title }: SchemaNode): boolean => title === 'task' || title === 'handler';
