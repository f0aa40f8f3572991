import { absolutePath, defineModule, editFile, ModuleError, patternSchema, writeArgs, z } from '../../src/index.ts';

export default defineModule({
  summary: 'Replace every match of a regular expression in a text file',
  args: z.strictObject({
    path: absolutePath.describe('Text file on the host'),
    regexp: patternSchema.describe('What to replace; ^ and $ match at each line'),
    replace: z.string().default('').describe('The new text; $1 is the first group. Empty: the match is removed'),
    ...writeArgs,
  }),
  returns: z.strictObject({ path: z.string(), matches: z.int().describe('How many matches there were') }),
  example: `replace:
  path: /etc/default/grub
  regexp: "^GRUB_TIMEOUT=.*$"
  replace: GRUB_TIMEOUT=2
`,
  async *run(probe, { path, regexp, replace, ...wanted }) {
    const pattern = new RegExp(regexp, 'gm');
    let matches = 0;
    yield* editFile(probe, { path, missing: 'fail', ...wanted }, (text) => {
      const once = text.replace(pattern, replace);
      if (once.replace(pattern, replace) !== once)
        throw new ModuleError('SW6012', `${path} would change on each run, because regexp matches what replace makes`, {
          hint: 'Make regexp more exact, for example with ^ and $.',
        });
      matches = [...text.matchAll(pattern)].length;
      return once;
    });
    return { path, matches };
  },
});
