import {
  absolutePath,
  defineModule,
  editFile,
  editPamRules,
  type PamEdit,
  requireFile,
  splitPamWords,
  writeArgs,
  z,
} from '../../src/index.ts';

const type = z.enum(['account', '-account', 'auth', '-auth', 'password', '-password', 'session', '-session']);
const control = z
  .string()
  .regex(/^(?:\w+|\[[\w= \t]+\])$/, 'must be one word, such as required, or a list in brackets: [success=1 default=ignore]');
const modulePath = z.string().regex(/^[^\s[\]#\0]+$/, 'must be the name of a module, such as pam_unix.so');

const args = z
  .strictObject({
    name: z
      .string()
      .regex(/^\w[\w.-]*$/, 'must be the name of a service')
      .describe('Service: a file of the folder'),
    type: type.describe('Type of the rule'),
    control: control.describe('Control of the rule: required, or [success=1 default=ignore]'),
    module_path: modulePath.describe('Module of the rule: pam_unix.so'),
    state: z
      .enum(['updated', 'before', 'after', 'absent', 'args_present', 'args_absent'])
      .default('updated')
      .describe(
        'updated: the rule is changed; before, after: a new rule stands beside it; absent: it is removed; args_present, args_absent: ' +
          'it has these arguments, or has them not',
      ),
    new_type: type.optional().describe('Type that the rule gets, or the new one'),
    new_control: control.optional().describe('Control that the rule gets, or the new one'),
    new_module_path: modulePath.optional().describe('Module that the rule gets, or the new one'),
    module_arguments: z
      .union([z.string(), z.array(z.string())])
      .transform((value) => (typeof value === 'string' ? [value] : value))
      .refine((list) => list.every((each) => /^[^\n\0#]*$/.test(each)), { error: 'must be words on one line, without #' })
      .refine((list) => list.every((each) => !/\\\s*$/.test(each)), {
        error: 'must not end with a backslash: the rule would go on in the next line',
      })
      .refine((list) => list.every((each) => !/(?:^|\s)\[(?:\\\]|[^\]])*$/.test(each)), { error: 'must close each bracket' })
      .transform((list) => list.flatMap((each) => splitPamWords(each)))
      .optional()
      .describe('Arguments of the module, as a list or a text; with state: updated, in the place of those that it has'),
    path: absolutePath.default('/etc/pam.d').describe('Folder of the services'),
    ...writeArgs,
  })
  .refine(
    ({ state, new_type, new_control, new_module_path }) =>
      !['before', 'after'].includes(state) || ![new_type, new_control, new_module_path].includes(undefined),
    { error: 'state: before and state: after need new_type, new_control and new_module_path' },
  )
  .refine(({ state, module_arguments }) => !state.startsWith('args_') || module_arguments !== undefined, {
    error: 'state: args_present and state: args_absent need module_arguments',
  });

export default defineModule({
  summary: 'Change, add or remove a rule of a service of PAM',
  args,
  returns: z.strictObject({ path: z.string(), matched: z.int().describe('How many rules the file had of this type, control and module') }),
  example: `pamd:
  name: system-auth
  type: auth
  control: required
  module_path: pam_faillock.so
  state: args_present
  module_arguments: [deny=4, unlock_time=600]
`,
  async *run(probe, given) {
    const { name, type, control, module_path, path: folder, mode, owner, group, backup, validate } = given;
    const path = `${folder}/${name}`;
    await requireFile(probe, path, `service ${name}`);
    const key = { type, control, path: module_path };
    const edit = toEdit(given);
    let matched: number | undefined;
    yield* editFile(probe, { path, missing: 'fail', mode, owner, group, backup, validate }, (text) => {
      const result = editPamRules(text, key, edit);
      matched ??= result.matched;
      return result.text;
    });
    if (matched === 0 && !['absent', 'args_absent'].includes(given.state))
      probe.emit({ type: 'run.note', text: `${path} has no rule ${type} ${control} ${module_path}: nothing was changed` });
    return { path, matched: matched ?? 0 };
  },
});

function toEdit(given: z.output<typeof args>): PamEdit {
  const { state, new_type, new_control, new_module_path, module_arguments: words = [] } = given;
  const to = {
    ...(new_type === undefined ? {} : { type: new_type }),
    ...(new_control === undefined ? {} : { control: new_control }),
    ...(new_module_path === undefined ? {} : { path: new_module_path }),
  };
  if (state === 'absent') return { do: 'remove' };
  if (state === 'args_present') return { do: 'add arguments', arguments: words };
  if (state === 'args_absent') return { do: 'remove arguments', arguments: words };
  if (state === 'updated') return { do: 'change', to, arguments: given.module_arguments };
  const rule = { type: new_type ?? given.type, control: new_control ?? '', path: new_module_path ?? '' };
  return { do: 'insert', at: state, rule, arguments: words };
}
