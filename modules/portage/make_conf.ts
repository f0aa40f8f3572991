import { absolutePath, defineModule, editFile, editMakeConf, requirePortageFolder, writeArgs, z } from '../../src/index.ts';

const words = z.array(z.string().regex(/^[^\s"`\\]+$/, 'must be one word without quotes')).default([]);
const { backup, validate } = writeArgs;

const args = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z_]\w*$/, 'must be the name of a variable')
      .describe('Name of the variable'),
    value: z
      .union([z.string().regex(/^[^"`\\\n]*$/, 'must be one line without double quotes, backticks and backslashes'), z.number()])
      .transform(String)
      .optional()
      .describe('The whole value'),
    add: words.describe('Words that it must have, instead of value'),
    remove: words.describe('Words that it must not have, instead of value'),
    state: z.enum(['present', 'absent']).default('present').describe('present: the variable is set; absent: it is removed'),
    path: absolutePath.default('/etc/portage/make.conf').describe('The file'),
    backup,
    validate,
  })
  .refine(({ state, value, add, remove }) => state === 'absent' || (value !== undefined) !== add.length + remove.length > 0, {
    error: 'give either value, or add and remove',
  });

export default defineModule({
  summary: 'Set a variable of make.conf, or words of it; all other lines stay',
  args,
  returns: z.strictObject({ path: z.string() }),
  example: `make_conf:
  name: FEATURES
  add: [buildpkg, parallel-fetch]
`,
  async *run(probe, { name, value, add, remove, state, path, ...options }) {
    const wanted = state === 'absent' ? undefined : (value ?? { add, remove });
    if (state === 'present') await requirePortageFolder(probe, path);
    yield* editFile(probe, { path, missing: state === 'absent' ? 'skip' : 'create', ...options }, (text) =>
      editMakeConf(text, name, wanted),
    );
    return { path };
  },
});
