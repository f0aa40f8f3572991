import { absolutePath, defineModule, editFile, editIni, editIniValues, keepLineEnds, writeArgs, z } from '../../src/index.ts';

const args = z
  .strictObject({
    path: absolutePath.describe('File on the host'),
    section: z
      .string()
      .regex(/^[^\]\n]*$/, 'must be a name without ]')
      .default('')
      .describe('Name without brackets; empty: the lines before the first section'),
    option: z
      .string()
      .regex(/^[^#;=[\s][^=\n]*$/, 'must be a name without =')
      .optional()
      .describe('The setting; left out: the whole section'),
    value: z
      .union([z.string().regex(/^[^\n]*$/, 'must be one line'), z.number(), z.boolean()])
      .transform(String)
      .optional()
      .describe('Value of the option'),
    values: z
      .array(z.union([z.string().regex(/^[^\n]*$/, 'must be one line'), z.number(), z.boolean()]).transform((each) => String(each).trim()))
      .min(1)
      .optional()
      .describe('Values of an option that has a line for each'),
    exclusive: z.boolean().default(true).describe('The other lines of an option with values go; false: they stay, also beside one value'),
    allow_no_value: z.boolean().default(false).describe('Without value: the name stands alone in its line'),
    state: z.enum(['present', 'absent']).default('present').describe('present: the option is there; absent: it is removed'),
    no_extra_spaces: z.boolean().default(false).describe('Write name=value, without spaces around ='),
    create: z.boolean().default(true).describe('Create the file if it does not exist'),
    ...writeArgs,
  })
  .refine(({ value, values }) => value === undefined || values === undefined, { error: 'give value or values' })
  .refine(({ option, values }) => option !== undefined || values === undefined, { error: 'values needs option' })
  .refine(
    ({ state, option, value, values, allow_no_value }) =>
      state === 'absent' || option === undefined || value !== undefined || values !== undefined || allow_no_value,
    { error: 'option needs value, values, or allow_no_value: true' },
  )
  .refine(({ section, option }) => section !== '' || option !== undefined, { error: 'give section, option, or both' });

export default defineModule({
  summary: 'Set or remove one setting of an INI file',
  args,
  returns: z.strictObject({ path: z.string() }),
  example: `ini_file:
  path: /etc/portage/repos.conf/gentoo.conf
  section: gentoo
  option: sync-type
  value: git
`,
  async *run(probe, { path, section, option, value, state, no_extra_spaces, create, values, exclusive, ...wanted }) {
    const missing = state === 'absent' ? 'skip' : create ? 'create' : 'fail';
    const separator = no_extra_spaces ? '=' : ' = ';
    const edit = { section, state, separator };
    const lines = values ?? (exclusive || value === undefined ? undefined : [value.trim()]);
    yield* editFile(
      probe,
      { path, missing, ...wanted },
      keepLineEnds((text) =>
        lines === undefined || option === undefined
          ? editIni(text, { ...edit, option, value: value?.trim() })
          : editIniValues(text, { ...edit, option, values: lines, exclusive }),
      ),
    );
    return { path };
  },
});
