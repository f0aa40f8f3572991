import { z } from 'zod';
import { FIXED_NAME, isFreeName } from '../../expression/scope-names.ts';
import { varsSchema } from '../../schema/vars-schema.ts';
import { importPlaybookSchema, importRoleSchema, importSchema, metaSchema, roleEntrySchema } from './include-schema.ts';
import {
  condition,
  duration,
  expression,
  flag,
  loopKeywords,
  name,
  sharedKeywords,
  stepKeywords,
  template,
  text,
  texts,
  title,
} from './keyword-shapes.ts';

const taskShape = {
  ...stepKeywords,
  ...loopKeywords,
  register: name.optional(),
  notify: texts.optional(),
  until: condition.optional(),
  retries: z.union([z.int().min(0), template], { error: 'takes a number, or a template of one' }).optional(),
  delay: duration.optional(),
  failed_when: condition.optional(),
  changed_when: condition.optional(),
  timeout: duration.optional(),
  async: duration.optional(),
  poll: duration.optional(),
  disruptive: flag.optional(),
};

export const taskSchema = z.strictObject(taskShape);
export const handlerSchema = z.strictObject({ ...taskShape, listen: texts.optional() });
const blockShape = <S extends z.ZodType>(step: S) => ({
  ...stepKeywords,
  ...loopKeywords,
  block: z.array(step, 'takes a list of tasks').min(1),
  rescue: z.array(step, 'takes a list of tasks').optional(),
  always: z.array(step, 'takes a list of tasks').optional(),
});
export const blockSchema = z.strictObject(blockShape(z.unknown()));

const percent = z.string().regex(/^(?:100|[1-9]\d?)%$/, { abort: true });
const batch = z.union([z.int().min(1), percent, template], { error: 'takes a number of hosts, "30%" or a list of them' });

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
  port: z
    .union([z.int().min(1).max(65_535), z.string().regex(/^[1-9]\d{0,4}$/, { abort: true }), template], {
      error: 'takes a port: 1 to 65535, or a template of one',
    })
    .optional(),
  serial: z.union([batch, z.array(batch).min(1)], { error: 'takes a number of hosts, "30%" or a list of them' }).optional(),
  max_fail_percentage: z.union([z.number().min(0).max(100), template], { error: 'takes a number from 0 to 100' }).optional(),
  any_errors_fatal: flag.optional(),
  force_handlers: flag.optional(),
  strategy: z.enum(['linear', 'free', 'host_pinned']).optional(),
  order: z.enum(['inventory', 'reverse_inventory', 'sorted', 'reverse_sorted', 'shuffle']).optional(),
  queue: queueSchema.optional(),
  gather_facts: z.union([z.boolean(), z.literal('smart')], { error: 'takes true, false or smart' }).optional(),
  pre_tasks: z.array(step, 'takes a list of tasks').nullable().optional(),
  roles: z
    .array(z.union([text, z.looseObject({})]), 'takes a list of roles')
    .nullable()
    .optional(),
  tasks: z.array(step, 'takes a list of tasks').nullable().optional(),
  post_tasks: z.array(step, 'takes a list of tasks').nullable().optional(),
  handlers: z.array(handler, 'takes a list of tasks').nullable().optional(),
});
export const playSchema = z.strictObject(playShape(z.unknown(), z.unknown()));

export const argSchema = z.strictObject({
  type: z.enum(['string', 'int', 'bool', 'list', 'path']).default('string'),
  positional: z.boolean().default(false),
  required: z.boolean().default(false),
  default: z.json().optional(),
  describe: z.string().optional(),
  ask: z.union([z.boolean(), z.literal('hidden')], { error: 'takes true, false or hidden' }).default(false),
  choices: z
    .array(z.union([z.string(), z.number()], { error: 'takes a text' }))
    .min(1)
    .optional(),
  of: z.enum(['atom', 'package', 'target', 'client', 'clients', 'option', 'plan']).optional(),
  min: z.int().optional(),
  max: z.int().optional(),
});

const fileShape = <P extends z.ZodType, A extends z.ZodType>(play: P, arg: A) => ({
  name: title.optional(),
  describe: z.string().optional(),
  args: z
    .record(
      z
        .string()
        .regex(/^[A-Za-z_]\w*$/, 'is not a name (use letters, digits and _)')
        .refine(isFreeName, FIXED_NAME),
      arg,
    )
    .nullable()
    .optional(),
  vars: varsSchema.nullable().optional(),
  vars_files: texts.optional(),
  warnings: z.boolean().optional(),
  plays: z.array(play, 'takes a list of plays').min(1),
});
export const playbookFileSchema = z.strictObject(fileShape(z.unknown(), z.unknown()));

/** The arguments of modules, by name, which an editor knows and the reader checks by itself. */
type ModuleArgs = Readonly<Record<string, z.ZodType>>;

const createStepSchema = (modules: ModuleArgs): z.ZodType => {
  const step: z.ZodType = z.lazy(() =>
    z.union([
      z.strictObject({ ...modules, ...taskShape }).meta({ title: 'task', description: 'Keywords, and one module with its arguments' }),
      z.strictObject(blockShape(step)).meta({ title: 'block' }),
      importSchema.meta({ title: 'import' }),
      importRoleSchema.meta({ title: 'role' }),
      metaSchema.meta({ title: 'meta' }),
    ]),
  );
  return step;
};

const createHandlerSchema = (modules: ModuleArgs): z.ZodType =>
  z.strictObject({ ...modules, ...taskShape, listen: texts.optional() }).meta({ title: 'handler' });

const editorRoles = z
  .array(z.union([text, roleEntrySchema.partial({ role: true }).loose()]))
  .nullable()
  .optional();

/** The whole form of a playbook file, for editors; the reader checks the same shapes level by level. */
export function createPlaybookSchema(modules: ModuleArgs) {
  const play = z.strictObject({ ...playShape(createStepSchema(modules), createHandlerSchema(modules)), roles: editorRoles });
  return z.strictObject(fileShape(z.union([play.meta({ title: 'play' }), importPlaybookSchema]), argSchema.nullable()));
}

/** A file of tasks: of a role, or of `include_tasks`. */
export const createTasksSchema = (modules: ModuleArgs) => z.array(createStepSchema(modules)).nullable();
/** A file of handlers of a role. */
export const createHandlersSchema = (modules: ModuleArgs) => z.array(createHandlerSchema(modules)).nullable();

export type PlayEntry = z.output<typeof playSchema>;
