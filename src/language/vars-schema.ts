import { z } from 'zod';

const varName = z.string().regex(/^[A-Za-z_]\w*$/, 'is not a name of a variable: letters, digits and _');

/** Variables, of a host, a group or a playbook. */
export const varsSchema = z.record(varName, z.json());
