import { z } from 'zod';

/** An argument that is a regular expression. A wrong one is an error of the playbook, with the message of the parser. */
export const patternSchema: z.ZodString = z.string().superRefine((text, context) => {
  try {
    new RegExp(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
});

/** An argument that is one line of a file, and not empty. */
export const oneLine: z.ZodString = z.string().regex(/^[^\0\n]+$/, 'must be one line');

/** An argument that is an absolute path of the host. */
export const absolutePath: z.ZodString = z
  .string()
  .regex(/^\//, 'must be an absolute path')
  .regex(/^[^\0\n]*$/, 'must be one line');
