import { z } from 'zod';
import type { Json } from '../../core/json-value.ts';
import { FIXED_NAME, isFreeName } from '../expression/scope-names.ts';
import { isMalformedSecret } from './secret-source.ts';

const varName = z
  .string()
  .regex(/^[A-Za-z_]\w*$/, 'is not a name of a variable (use letters, digits and _)')
  .refine(isFreeName, FIXED_NAME);

const value = z.json().refine((given) => !isMalformedSecret(given as Json), {
  error: 'must be a secret: { secret: { from: "env:NAME" } }, or from: "file:PATH" or "cmd:COMMAND"',
});

/** Variables, of a host, a group or a playbook. */
export const varsSchema = z.record(varName, value);
