import { absolutePath, defineModule, editFile, editLines, patternSchema, writeArgs, z } from '../../src/index.ts';

const args = z
  .strictObject({
    path: absolutePath.describe('The file'),
    line: z
      .string()
      .regex(/^[^\n]*$/, 'one line')
      .optional()
      .describe('The line'),
    regexp: patternSchema.optional().describe('The line to replace or remove; the last that matches'),
    state: z.enum(['present', 'absent']).default('present').describe('present: the line is there; absent: it is removed'),
    insertafter: patternSchema.optional().describe('A new line goes after the last line that matches; else to the end'),
    insertbefore: patternSchema.optional().describe('The new line goes before the last match of this pattern, or to BOF'),
    backrefs: z.boolean().default(false).describe('$1 in line is what the first group of regexp matched; no match, no change'),
    firstmatch: z.boolean().default(false).describe('The first line that matches, not the last'),
    create: z.boolean().default(false).describe('Create the file if it does not exist'),
    ...writeArgs,
  })
  .refine(({ backrefs, regexp }) => !backrefs || regexp !== undefined, { error: 'backrefs needs regexp' })
  .refine(({ state, line, regexp }) => (state === 'present' ? line !== undefined : line !== undefined || regexp !== undefined), {
    error: 'state: present needs line; state: absent needs line or regexp',
  });

export default defineModule({
  summary: 'Add, replace or remove a line of a text file',
  args,
  returns: z.strictObject({ path: z.string(), lines: z.int().describe('How many lines the file has') }),
  example: `lineinfile:
  path: /etc/portage/package.accept_keywords/swarm
  line: dev-lang/zig ~amd64
  regexp: "^dev-lang/zig "
  create: true
`,
  async *run(probe, { path, create, line, regexp, state, insertafter, insertbefore, backrefs, firstmatch, ...wanted }) {
    const missing = create ? 'create' : state === 'absent' ? 'skip' : 'fail';
    const edit = { line, regexp, state, insertafter, insertbefore, backrefs, firstmatch };
    const after = yield* editFile(probe, { path, missing, ...wanted }, (text) => editLines(text, edit));
    return { path, lines: (after ?? '').split('\n').length - 1 };
  },
});
