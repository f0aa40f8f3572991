import { z } from 'zod';
import { isFreeName } from '../../expression/scope-names.ts';
import { parseMilliseconds } from '../../schema/parse-units.ts';
import { varsSchema } from '../../schema/vars-schema.ts';
import { hasTemplate } from '../../template/template.ts';

// the values of keywords
export const template = z.string().refine(hasTemplate, { abort: true }).meta({ pattern: '\\{\\{' });
/** What is true or false, or a template of that. */
export const flag = z.union([z.boolean(), template], { error: 'takes true or false' });
export const text = z.string().min(1);
export const condition = z.union([z.string(), z.boolean(), z.array(z.union([z.string(), z.boolean()]))], {
  error: 'takes an expression, true, false or a list of them',
});
export const expression = z.string('takes an expression').min(1, 'takes an expression');
export const texts = z.union([text, z.array(text)], { error: 'takes a text or a list of texts' });
/** Words for `-t`, which chooses tasks before any variable has a value. */
export const tags = texts.refine(
  (given) => ![given].flat().some(hasTemplate),
  'takes words, no templates: -t chooses tasks before the run',
);
export const fixedDuration = z
  .union([z.string(), z.number()], { error: 'takes a time: 30s, 5m, 4h' })
  .refine((value) => parseMilliseconds(value) !== undefined, 'takes a time: 30s, 5m, 4h');
export const duration = z
  .union([z.string(), z.number()], { error: 'takes a time: 30s, 5m, 4h' })
  .refine(
    (value) => parseMilliseconds(value) !== undefined || (typeof value === 'string' && hasTemplate(value)),
    'takes a time: 30s, 5m, 4h',
  );
export const name = z
  .string()
  .regex(/^[A-Za-z_]\w*$/, 'takes a name: letters, digits and _')
  .refine(isFreeName, 'takes a name that swarm does not have itself');
const environment = z.union(
  [
    z.record(
      z.string().regex(/^[A-Za-z_]\w*$/, 'is not a name of an environment variable'),
      z.union([z.string(), z.number(), z.boolean()]),
    ),
    template,
  ],
  { error: 'takes a mapping of environment variables, or a template of one' },
);

export const become = {
  become: flag.optional(),
  become_user: text.optional(),
  become_method: z.enum(['sudo', 'doas', 'su']).optional(),
};

const throttle = z.union([z.int().min(1), z.string().regex(/^[1-9]\d*$/, { abort: true }), template], { error: 'takes a number of hosts' });
/** What a screen shows of a play or a step. */
export const title = z.string().regex(/\S/, 'is empty: remove it, or write what is done');

/** What tasks, blocks and plays have in common. */
export const sharedKeywords = {
  name: title.optional(),
  vars: varsSchema.nullable().optional(),
  tags: tags.optional(),
  environment: environment.optional(),
  run_once: flag.optional(),
  ignore_unreachable: flag.optional(),
  remote_user: text.optional(),
  throttle: throttle.optional(),
  module_defaults: z.record(z.string(), z.record(z.string(), z.json()), 'takes a mapping: for each module its arguments').optional(),
  ...become,
};

/** What tasks and blocks have in common. */
export const stepKeywords = {
  ...sharedKeywords,
  when: condition.optional(),
  delegate_to: text.optional(),
  ignore_errors: flag.optional(),
  check_mode: flag.optional(),
  diff: flag.optional(),
  no_log: flag.optional(),
  keep_output: flag.optional(),
};

/** The keywords of a loop. */
export const loopKeywords = {
  loop: z.union([z.string(), z.array(z.json())], { error: 'takes an expression or a list' }).optional(),
  loop_control: z
    .strictObject({ loop_var: name.optional(), index_var: name.optional(), label: z.json().optional(), pause: fixedDuration.optional() })
    .optional(),
};

export type LoopEntry = { readonly [K in keyof typeof loopKeywords]?: z.output<(typeof loopKeywords)[K]> };
export type StepKeywordsEntry = { readonly [K in keyof typeof stepKeywords]?: z.output<(typeof stepKeywords)[K]> };
export type BecomeEntry = Pick<StepKeywordsEntry, keyof typeof become>;
