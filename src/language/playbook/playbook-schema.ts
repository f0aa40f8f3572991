import { z } from 'zod';
import { parseMilliseconds } from '../schema/parse-units.ts';
import { varsSchema } from '../schema/vars-schema.ts';

const text = z.string().min(1);
const condition = z.union([z.string(), z.boolean(), z.array(z.union([z.string(), z.boolean()]))], {
  error: 'takes an expression, true, false or a list of them',
});
const expression = z.string('takes an expression').min(1, 'takes an expression');
const texts = z.union([text, z.array(text)], { error: 'takes a text or a list of texts' });
const duration = z
  .union([z.string(), z.number()], { error: 'takes a time: 30s, 5m, 4h' })
  .refine((value) => parseMilliseconds(value) !== undefined, 'takes a time: 30s, 5m, 4h');
const name = z.string().regex(/^[A-Za-z_]\w*$/, 'takes a name: letters, digits and _');
const environment = z.record(
  z.string().regex(/^[A-Za-z_]\w*$/, 'is not a name of an environment variable'),
  z.union([z.string(), z.number(), z.boolean()]),
);

const become = {
  become: z.boolean().optional(),
  become_user: text.optional(),
  become_method: z.enum(['sudo', 'doas', 'su']).optional(),
};

/** What tasks, blocks and plays have in common. */
const sharedKeywords = {
  name: z.string().optional(),
  vars: varsSchema.nullable().optional(),
  tags: texts.optional(),
  environment: environment.optional(),
  run_once: z.boolean().optional(),
  ...become,
};

const stepKeywords = {
  ...sharedKeywords,
  when: condition.optional(),
  delegate_to: text.optional(),
  ignore_errors: z.boolean().optional(),
  check_mode: z.boolean().optional(),
  diff: z.boolean().optional(),
  no_log: z.boolean().optional(),
  keep_output: z.boolean().optional(),
};

const taskShape = {
  ...stepKeywords,
  loop: z.union([z.string(), z.array(z.json())], { error: 'takes an expression or a list' }).optional(),
  loop_control: z.strictObject({ loop_var: name.optional() }).optional(),
  register: name.optional(),
  notify: texts.optional(),
  until: z.union([z.string(), z.boolean()], { error: 'takes an expression' }).optional(),
  retries: z.int().min(0).optional(),
  delay: duration.optional(),
  failed_when: condition.optional(),
  changed_when: condition.optional(),
  timeout: duration.optional(),
  disruptive: z.boolean().optional(),
};

export const taskSchema = z.strictObject(taskShape);
export const handlerSchema = z.strictObject({ ...taskShape, listen: texts.optional() });
export const importSchema = z.strictObject({ ...stepKeywords, import_tasks: text });

const blockShape = <S extends z.ZodType>(step: S) => ({
  ...stepKeywords,
  block: z.array(step, 'takes a list of tasks').min(1),
  rescue: z.array(step, 'takes a list of tasks').optional(),
  always: z.array(step, 'takes a list of tasks').optional(),
});
export const blockSchema = z.strictObject(blockShape(z.unknown()));

const percent = z.templateLiteral([z.int().min(0).max(100), '%']);
const batch = z.union([z.int().min(1), percent], { error: 'takes a number of hosts, "30%" or a list of them' });

const queueSchema = z.strictObject({
  items: expression,
  id: expression,
  needs: expression.optional(),
  cost: expression.optional(),
  hosts: expression.optional(),
  show: expression.optional(),
  attempts: z.union([z.int().min(1), expression], { error: 'takes a whole number from 1, or an expression' }).default(3),
});

const playShape = <S extends z.ZodType, H extends z.ZodType>(step: S, handler: H) => ({
  ...sharedKeywords,
  hosts: z.union([text, z.array(text).min(1)], { error: 'takes a pattern of hosts' }),
  vars_files: texts.optional(),
  serial: z.union([batch, z.array(batch).min(1)], { error: 'takes a number of hosts, "30%" or a list of them' }).optional(),
  max_fail_percentage: z.number().min(0).max(100).optional(),
  any_errors_fatal: z.boolean().optional(),
  force_handlers: z.boolean().optional(),
  strategy: z.enum(['linear', 'free']).optional(),
  order: z.enum(['inventory', 'sorted', 'reverse']).optional(),
  queue: queueSchema.optional(),
  tasks: z.array(step, 'takes a list of tasks').nullable().optional(),
  handlers: z.array(handler, 'takes a list of tasks').nullable().optional(),
});
export const playSchema = z.strictObject(playShape(z.unknown(), z.unknown()));

export const argSchema = z.strictObject({
  type: z.enum(['string', 'int', 'bool', 'list', 'path']).default('string'),
  positional: z.boolean().default(false),
  required: z.boolean().default(false),
  default: z.json().optional(),
  describe: z.string().optional(),
  choices: z
    .array(z.union([z.string(), z.number()], { error: 'takes a text' }))
    .min(1)
    .optional(),
  of: z.enum(['atom', 'package', 'target', 'client', 'clients', 'option', 'plan']).optional(),
  min: z.int().optional(),
  max: z.int().optional(),
});

const fileShape = <P extends z.ZodType, A extends z.ZodType>(play: P, arg: A) => ({
  name: z.string().optional(),
  describe: z.string().optional(),
  args: z
    .record(z.string().regex(/^[A-Za-z_]\w*$/, 'is not a name (use letters, digits and _)'), arg)
    .nullable()
    .optional(),
  vars: varsSchema.nullable().optional(),
  vars_files: texts.optional(),
  plays: z.array(play, 'takes a list of plays').min(1),
});
export const playbookFileSchema = z.strictObject(fileShape(z.unknown(), z.unknown()));

const step: z.ZodType = z.lazy(() =>
  z.union([
    z.strictObject(blockShape(step)).meta({ title: 'block' }),
    importSchema.meta({ title: 'import' }),
    z.looseObject(taskShape).meta({ title: 'task', description: 'Keywords, and one module with its arguments' }),
  ]),
);

/** The whole form of a playbook file, for editors; the reader checks the same shapes level by level. */
export const playbookSchema = z.strictObject(
  fileShape(z.strictObject(playShape(step, z.looseObject({ ...taskShape, listen: texts.optional() }))), argSchema.nullable()),
);

export type PlayEntry = z.output<typeof playSchema>;
export type StepKeywordsEntry = { readonly [K in keyof typeof stepKeywords]?: z.output<(typeof stepKeywords)[K]> };
export type BecomeEntry = Pick<StepKeywordsEntry, keyof typeof become>;
