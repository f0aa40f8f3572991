import { absolutePath, defineModule, editFile, ModuleError, patternSchema, writeArgs, z } from '../../src/index.ts';

export default defineModule({
  summary: 'Replace every match of a regular expression in a text file',
  args: z.strictObject({
    path: absolutePath.describe('Text file on the host'),
    regexp: patternSchema.describe('What to replace; ^ and $ match at each line'),
    replace: z.string().default('').describe('The new text; $1 is the first group. Empty: the match is removed'),
    after: patternSchema.optional().describe('Only what stands behind the first match of this is searched; . matches line breaks too'),
    before: patternSchema.optional().describe('Only what stands before the first match of this'),
    ...writeArgs,
  }),
  returns: z.strictObject({ path: z.string(), matches: z.int().describe('How many matches there were') }),
  example: `replace:
  path: /etc/default/grub
  regexp: "^GRUB_TIMEOUT=.*$"
  replace: GRUB_TIMEOUT=2
`,
  async *run(probe, { path, regexp, replace, after, before, ...wanted }) {
    const pattern = new RegExp(regexp, 'gm');
    let matches = 0;
    yield* editFile(probe, { path, missing: 'fail', ...wanted }, (whole) => {
      const [lead, text, rest] = findSection(whole, after, before);
      const once = text.replace(pattern, replace);
      if (once.replace(pattern, replace) !== once)
        throw new ModuleError('SW6012', `${path} would change on each run, because regexp matches what replace makes`, {
          hint: 'Make regexp more exact, for example with ^ and $.',
        });
      matches = [...text.matchAll(pattern)].length;
      return `${lead}${once}${rest}`;
    });
    return { path, matches };
  },
});

/** What stands before the part between the two patterns, the part, and what stands behind it. Where they do not match, the part is empty. */
function findSection(text: string, after: string | undefined, before: string | undefined): readonly [string, string, string] {
  if (after === undefined && before === undefined) return ['', text, ''];
  const lazy = after !== undefined && before !== undefined ? '?' : '';
  const ends = [after, before].map((each) => (each === undefined ? '' : `(?:${each})`));
  const found = new RegExp(`${ends[0]}(?<part>.*${lazy})${ends[1]}`, 'ds').exec(text);
  const [start, end] = found?.indices?.groups?.['part'] ?? [text.length, text.length];
  return [text.slice(0, start), text.slice(start, end), text.slice(end)];
}
