import { absolutePath, defineModule, editFile, editIni, keepLineEnds, writeArgs, z } from '../../src/index.ts';

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
    state: z.enum(['present', 'absent']).default('present').describe('present: the option is there; absent: it is removed'),
    no_extra_spaces: z.boolean().default(false).describe('Write name=value, without spaces around ='),
    create: z.boolean().default(true).describe('Create the file if it does not exist'),
    ...writeArgs,
  })
  .refine(({ state, option, value }) => state === 'absent' || option === undefined || value !== undefined, { error: 'option needs value' })
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
  async *run(probe, { path, section, option, value, state, no_extra_spaces, create, ...wanted }) {
    const missing = state === 'absent' ? 'skip' : create ? 'create' : 'fail';
    const separator = no_extra_spaces ? '=' : ' = ';
    yield* editFile(
      probe,
      { path, missing, ...wanted },
      keepLineEnds((text) => editIni(text, { section, option, value: value?.trim(), state, separator })),
    );
    return { path };
  },
});
